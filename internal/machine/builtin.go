package machine

import (
	"sync"

	"klpemu/internal/asm"
	"klpemu/internal/machine/kernel"
	"klpemu/internal/obj"
)

// builtinObjects assembles the sources of the built-in kernel: a millisecond or
// two, so once for all machines. Nothing writes to the result.
var builtinObjects = sync.OnceValues(func() ([]kernel.Object, error) {
	var objects []kernel.Object
	for _, src := range kernel.Builtin() {
		data, err := asm.Assemble(src.Name, src.Data)
		if err != nil {
			return nil, err
		}
		objects = append(objects, kernel.Object{Name: src.Name, Data: data})
	}
	return objects, nil
})

// builtinKernel is the kernel that boots where no image is given.
func builtinKernel() ([]*obj.File, error) {
	objects, err := builtinObjects()
	if err != nil {
		return nil, err
	}
	return parseAll(objects)
}
