package scenario

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The elements of JUnit's XML as CI systems read it. There are no times: the
// same run gives the same bytes.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure,omitempty"`
		Error   *junitMessage `xml:"error,omitempty"`
		Skipped *junitMessage `xml:"skipped,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes JUnit's XML: a suite for each scenario, a case for each
// command.
func writeJUnit(w io.Writer, entries []Entry) error {
	var all junitSuites
	for i := range entries {
		s := junitOf(&entries[i])
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitOf(e *Entry) junitSuite {
	if e.Err != nil {
		return junitSuite{Name: e.Name, Tests: 1, Errors: 1, Cases: []junitCase{{
			Class: e.Name, Name: "read", Error: &junitMessage{Message: printable(e.Err.Error())},
		}}}
	}
	s := junitSuite{Name: e.Name}
	for i := range e.Result.File.Commands {
		c := &e.Result.File.Commands[i]
		jc := junitCase{Class: e.Name, Name: printable(fmt.Sprintf("line %d: %s", c.Line, c.Text))}
		if f := e.Result.failureOf(c); f != nil {
			jc.Failure = &junitMessage{printable(f.Reason), printable(f.Diff)}
			s.Failures++
		} else if i >= e.Result.Ran {
			jc.Skipped = &junitMessage{Message: "not run"}
			s.Skipped++
		}
		s.Tests++
		s.Cases = append(s.Cases, jc)
	}
	return s
}

// printable replaces what XML 1.0 has no way to write.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
