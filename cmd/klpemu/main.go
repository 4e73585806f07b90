// Klpemu runs the Linux livepatch core on an emulated machine.
package main

import (
	"os"

	"klpemu/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
