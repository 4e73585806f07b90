package main

import (
	"fmt"
	"html"
	"strings"
)

// Colours of the pictures: text, lines, what is old, new and passing.
const (
	ink    = "#1f2430"
	rule   = "#8a93a6"
	oldRun = "#d7dce5"
	newRun = "#7fb58a"
	moving = "#f0c36d"
)

// drawing is an SVG picture in the making.
type drawing struct {
	width, height int
	b             strings.Builder
}

func (d *drawing) text(x, y int, anchor, text string) {
	fmt.Fprintf(&d.b, `<text x="%d" y="%d" text-anchor="%s">%s</text>`+"\n", x, y, anchor, html.EscapeString(text))
	d.grow(x, y+8)
}

func (d *drawing) box(x, y, w, h int, fill, text string) {
	fmt.Fprintf(&d.b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="%s"/>`+"\n", x, y, w, h, fill, rule)
	if text != "" {
		d.text(x+w/2, y+h/2+5, "middle", text)
	}
	d.grow(x+w, y+h)
}

func (d *drawing) line(x1, y1, x2, y2 int) {
	fmt.Fprintf(&d.b, `<path d="M%d %d L%d %d" stroke="%s" fill="none"/>`+"\n", x1, y1, x2, y2, rule)
	d.grow(max(x1, x2), max(y1, y2))
}

func (d *drawing) arrow(x1, y1, x2, y2 int) {
	fmt.Fprintf(&d.b, `<path d="M%d %d L%d %d" stroke="%s" fill="none" marker-end="url(#tip)"/>`+"\n", x1, y1, x2, y2, ink)
	d.grow(max(x1, x2), max(y1, y2))
}

func (d *drawing) grow(x, y int) { d.width, d.height = max(d.width, x), max(d.height, y) }

// svg is the whole picture. title is what a reader hears who does not see it.
func (d *drawing) svg(title string) []byte {
	const margin = 16
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", d.width+margin, d.height+margin, d.width+margin, d.height+margin)
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(&b, `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="%s"/></marker></defs>`+"\n", ink)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#ffffff"/>`+"\n")
	fmt.Fprintf(&b, `<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="%s">`+"\n", ink)
	b.WriteString(d.b.String())
	b.WriteString("</g>\n</svg>\n")
	return []byte(b.String())
}
