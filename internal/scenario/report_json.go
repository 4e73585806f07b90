package scenario

import (
	"encoding/json"
	"io"
)

type (
	jsonReport struct {
		Scenarios []jsonScenario `json:"scenarios"`
		Commands  int            `json:"commands"`
		Failed    int            `json:"failed"`
	}
	jsonScenario struct {
		File     string        `json:"file"`
		Title    string        `json:"title,omitempty"`
		OK       bool          `json:"ok"`
		Error    string        `json:"error,omitempty"`
		Commands int           `json:"commands"`
		Ran      int           `json:"ran"`
		Failures []jsonFailure `json:"failures"`
	}
	jsonFailure struct {
		Line    int    `json:"line"`
		Command string `json:"command"`
		Reason  string `json:"reason"`
		Diff    string `json:"diff,omitempty"`
	}
)

// writeJSON writes one JSON object for the whole run.
func writeJSON(w io.Writer, entries []Entry) error {
	report := jsonReport{Scenarios: []jsonScenario{}}
	for i := range entries {
		e := &entries[i]
		s := jsonScenario{File: e.Name, OK: e.OK(), Failures: []jsonFailure{}}
		if e.Err != nil {
			s.Error = e.Err.Error()
		} else {
			s.Title, s.Ran, s.Commands = e.Result.File.Title, e.Result.Ran, len(e.Result.File.Commands)
			for _, f := range e.Result.Failures {
				s.Failures = append(s.Failures, jsonFailure(f))
			}
		}
		report.Commands += s.Ran
		if !s.OK {
			report.Failed++
		}
		report.Scenarios = append(report.Scenarios, s)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(report)
}
