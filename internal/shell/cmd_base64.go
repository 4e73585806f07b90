package shell

import (
	"encoding/base32"
	"encoding/base64"
	"strings"
)

// baseCodec is base64 or base32.
type baseCodec struct {
	alphabet string
	group    int // characters in a group
	encode   func([]byte) string
	decode   func(string) ([]byte, error)
}

func base64Codec() baseCodec {
	return baseCodec{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 4,
		base64.StdEncoding.EncodeToString, base64.RawStdEncoding.DecodeString}
}

func base32Codec() baseCodec {
	return baseCodec{"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 8,
		base32.StdEncoding.EncodeToString, base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString}
}

func baseCommands() []*Command {
	var all []*Command
	for _, b := range []struct {
		name  string
		codec func() baseCodec
	}{{"base32", base32Codec}, {"base64", base64Codec}} {
		usage := b.name + ` [-d] [-i] [-w N] [FILE]
Encode FILE, or decode it (-d; -i: passing over other characters); -w: N
characters in a line, 76 without it, 0 for one line.`
		all = append(all, &Command{Name: b.name, Usage: usage, Run: func(c *Ctx) int { return runBase(c, b.codec()) }})
	}
	return all
}

func runBase(c *Ctx, codec baseCodec) int {
	opts, args, st, ok := c.Getopt("diw:", map[string]byte{"decode": 'd', "ignore-garbage": 'i', "wrap": 'w'})
	if !ok {
		return st
	}
	decode, garbage, wrap := false, false, 76
	for _, o := range opts {
		switch o.Flag {
		case 'd':
			decode = true
		case 'i':
			garbage = true
		case 'w':
			if wrap, ok = parseInt(o.Arg); !ok || wrap < 0 {
				return c.Errorf("invalid wrap size: '%s'", o.Arg)
			}
		}
	}
	if len(args) > 1 {
		return c.UsageError("extra operand '%s'", args[1])
	}
	name := "-"
	if len(args) == 1 {
		name = args[0]
	}
	data, err := c.ReadFile(name)
	if err != nil {
		return c.Errorf("%s: %s", name, Reason(err))
	}
	if decode {
		return c.baseDecode(string(data), codec, garbage)
	}
	c.Out().WriteString(wrapLines(codec.encode(data), wrap))
	return 0
}

func wrapLines(text string, width int) string {
	if width == 0 || text == "" {
		return text
	}
	var b strings.Builder
	for len(text) > width {
		b.WriteString(text[:width] + "\n")
		text = text[width:]
	}
	return b.String() + text + "\n"
}

// baseDecode decodes group by group, as far as the input is good.
func (c *Ctx) baseDecode(text string, codec baseCodec, garbage bool) int {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || garbage && r != '=' && !strings.ContainsRune(codec.alphabet, r) {
			return -1
		}
		return r
	}, text)
	for text != "" {
		group := text[:min(codec.group, len(text))]
		text = text[len(group):]
		whole := len(group) == codec.group
		out, err := codec.decode(strings.TrimRight(group, "="))
		c.Out().Write(out)
		if err != nil || !whole {
			return c.Errorf("invalid input")
		}
	}
	return 0
}
