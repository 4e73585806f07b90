// Package modinfo reads what a module says about itself, its .modinfo section
// and the signature behind the file, and prints it as kmod's modinfo does.
package modinfo

import "bytes"

// Field is one string of .modinfo, or a line that kmod adds to them.
type Field struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Strings splits a .modinfo section as kmod_elf_get_strings does: what is
// empty is padding, and the last string may lack its NUL. A string without "="
// is a key without a value.
func Strings(section []byte) []Field {
	var fields []Field
	for _, s := range bytes.Split(section, []byte{0}) {
		if len(s) == 0 {
			continue
		}
		key, value, _ := bytes.Cut(s, []byte("="))
		fields = append(fields, Field{string(key), string(value)})
	}
	return fields
}

// Value returns the first value of a key.
func Value(fields []Field, key string) (string, bool) {
	for _, f := range fields {
		if f.Key == key {
			return f.Value, true
		}
	}
	return "", false
}
