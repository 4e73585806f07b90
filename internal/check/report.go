// Package check says what a livepatch module would do to a kernel, symbol by
// symbol, before a machine sees it.
package check

// Report is the whole answer. It is what --json prints.
type Report struct {
	File      string `json:"file"`
	Module    string `json:"module"`
	Kernel    string `json:"kernel"`
	VerMagic  string `json:"vermagic"`
	Fits      *bool  `json:"vermagic_fits,omitempty"` // absent where the kernel's is not known
	Layout    string `json:"layout"`
	Livepatch bool   `json:"livepatch"`
	Signed    bool   `json:"signed"`

	Missing []string `json:"missing_exports"`
	Patches []Patch  `json:"patches"`
	Relocs  []Reloc  `json:"klp_relocations"`
	Shadow  []Shadow `json:"shadow_variables"`

	// Refused says that the kernel would refuse the module, with its words.
	Refused  bool     `json:"refused"`
	Errno    string   `json:"errno,omitempty"`
	Reasons  []string `json:"reasons"`
	Messages []string `json:"messages,omitempty"` // what the kernel printed while it was loaded
}

// Patch is one struct klp_patch.
type Patch struct {
	Replace bool     `json:"replace"`
	States  []State  `json:"states"`
	Objects []Target `json:"objects"`
}

// State is one struct klp_state.
type State struct {
	ID      uint64 `json:"id"`
	Version uint32 `json:"version"`
}

// Target is one struct klp_object.
type Target struct {
	Name      string     `json:"name"`
	Present   bool       `json:"present"` // vmlinux, or a module that is there
	Callbacks []Callback `json:"callbacks"`
	Funcs     []Func     `json:"functions"`
}

// Callback is one of an object's callbacks.
type Callback struct {
	Name string `json:"name"`
	Func string `json:"function"`
}

// Func is one struct klp_func.
type Func struct {
	Old       string     `json:"old"`
	Sympos    uint64     `json:"sympos"`
	New       string     `json:"new"`
	NewSize   uint64     `json:"new_size"`
	Positions []Position `json:"positions"`
	Chosen    *Position  `json:"chosen,omitempty"`
	CallSite  string     `json:"call_site,omitempty"` // its address
	Traceable *bool      `json:"traceable,omitempty"` // absent where that is not known
	Why       string     `json:"why,omitempty"`       // why it cannot be patched
	OldCold   []Position `json:"old_cold,omitempty"`
	NewCold   string     `json:"new_cold,omitempty"`
}

// Position is one symbol of a name.
type Position struct {
	Pos  int    `json:"position"`
	Addr string `json:"address"`
	Size uint64 `json:"size"`
}

// Reloc is one livepatch relocation.
type Reloc struct {
	Section  string `json:"section"`
	Symbol   string `json:"symbol"`
	Object   string `json:"object"`
	Position uint64 `json:"sympos"`
	Count    int    `json:"count"` // of places that want this symbol
	Resolved bool   `json:"resolved"`
	Addr     string `json:"address,omitempty"`
	Why      string `json:"why,omitempty"`
}

// Shadow is one use of a function of the shadow variables.
type Shadow struct {
	Func string `json:"function"`
	In   string `json:"in"`
	ID   string `json:"id,omitempty"` // where it is a constant
}
