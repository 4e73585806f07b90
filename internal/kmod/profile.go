package kmod

import (
	"regexp"
	"strings"
)

// The layout of struct module in the one profile that there is.
const (
	secThisModule    = ".gnu.linkonce.this_module"
	structModuleSize = 1280
	moduleNameAt     = 24
	moduleNameLen    = 56
	moduleInitAt     = 0x138
	moduleExitAt     = 0x4b0
)

// Profile says what kernel the machine is to a module: its version magic and
// where struct module has what.
type Profile struct {
	Name    string
	Release string // first word of the version magic
	Magic   string // the rest of it, with the blank before
	Layout  uint32 // CRC of module_layout

	// InitAt and ExitAt are where struct module points to init and exit.
	InitAt, ExitAt uint64

	family *regexp.Regexp
}

// Debian is the profile "6.12 Debian amd64". Modules of every build of that
// kernel fit: 6.12.117+deb12-cloud-amd64, 6.12.117+deb12-amd64, and other
// updates of 6.12. Within a stable series struct module stays as it is.
func Debian() *Profile {
	return &Profile{
		Name: "6.12 Debian amd64", Release: "6.12.117+deb12-cloud-amd64", Magic: " SMP preempt mod_unload modversions ",
		Layout: 0x2f9b2b9a, InitAt: moduleInitAt, ExitAt: moduleExitAt,
		family: regexp.MustCompile(`^6\.12\.[0-9]+\+deb1[23](-cloud)?-amd64$`),
	}
}

// VerMagic is the version magic, as modules have it in their .modinfo.
func (p *Profile) VerMagic() string { return p.Release + p.Magic }

// sameMagic is same_magic: a module that has CRCs may be of another release.
func (p *Profile) sameMagic(magic string, crcs bool) bool {
	release, rest, ok := strings.Cut(magic, " ")
	if ok {
		rest = " " + rest
	}
	return rest == p.Magic && (crcs || release == p.Release || p.family.MatchString(release))
}

// otherBuild reports a release of the family that is not the profile's own: its
// CRCs are not known.
func (p *Profile) otherBuild(magic string) bool {
	release, _, _ := strings.Cut(magic, " ")
	return release != p.Release && p.family.MatchString(release)
}
