package machine

import (
	_ "embed" // for the list of yield points
	"slices"
	"strings"
)

// points.txt is kept by TestPoints: UPDATE_POINTS=1 go test -run TestPoints.
//
//go:embed points.txt
var points string

// Points returns the names of the yield points, sorted: the places in kernel
// work done in Go at which a run can stop and other CPUs can run.
func Points() []string { return strings.Fields(points) }

// IsPoint reports whether a yield point of that name exists.
func IsPoint(name string) bool {
	_, ok := slices.BinarySearch(Points(), name)
	return ok
}
