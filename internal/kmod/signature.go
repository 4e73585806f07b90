package kmod

import (
	"bytes"
	"encoding/binary"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// The signature at the end of a module file: the PKCS#7 message, a struct
// module_signature, and the marker (include/linux/module_signature.h).
const (
	signatureMarker = "~Module signature appended~\n"
	signatureSize   = 12
	signatureLenAt  = 8
	idTypeAt        = 2
	idTypePKCS7     = 2
)

// stripSignature is module_sig_check of a kernel that enforces nothing and has
// no key of the signer: what is well-formed comes off, and the module counts as
// one whose key is not available.
func (k *Module) stripSignature() error {
	data, ok := bytes.CutSuffix(k.file, []byte(signatureMarker))
	if !ok || len(data) == 0 {
		return nil
	}
	k.Signed = true
	k.file = data
	if len(data) <= signatureSize {
		return k.errno(errno.EBADMSG)
	}
	body, sig := data[:len(data)-signatureSize], data[len(data)-signatureSize:]
	size := uint64(binary.BigEndian.Uint32(sig[signatureLenAt:]))
	if size >= uint64(len(body)) {
		return k.errno(errno.EBADMSG)
	}
	if sig[idTypeAt] != idTypePKCS7 {
		k.say(trace.Err, "module: not signed with expected PKCS#7 message")
		return nil // ENOPKG: a module with unsupported crypto may be loaded
	}
	for i, b := range sig[:signatureLenAt] {
		if i != idTypeAt && b != 0 {
			k.say(trace.Err, "module: PKCS#7 signature info has unexpected non-zero params")
			return k.errno(errno.EBADMSG)
		}
	}
	k.file = body[:uint64(len(body))-size]
	return nil
}
