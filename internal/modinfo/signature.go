package modinfo

import (
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

// signatureMarker ends a signed module (MODULE_SIG_STRING).
const signatureMarker = "~Module signature appended~\n"

// signatureInfo is the size of struct module_signature: algo, hash, id_type,
// signer_len, key_id_len, three bytes of padding, and sig_len in big-endian
// order.
const signatureInfo = 12

// idPKCS7 is PKEY_ID_PKCS7, the only type of signature that the kernel takes.
const idPKCS7 = 2

// Signature is what stands behind a signed module.
type Signature struct {
	Signer string // common name of the key's issuer
	Key    []byte // serial number of the key
	Hash   string
	Data   []byte
}

// Marked reports whether a module's file ends as a signed one does. Its first n
// bytes are the module and the signature without the marker.
func Marked(file []byte) (n int, ok bool) {
	n = len(file) - len(signatureMarker)
	if n < 0 || string(file[n:]) != signatureMarker {
		return len(file), false
	}
	return n, true
}

// FindSignature reads the signature behind a module's file. It gives false where
// there is none, and where kmod tells nothing of it.
func FindSignature(file []byte) (*Signature, bool) {
	n, ok := Marked(file)
	if !ok || n < signatureInfo {
		return nil, false
	}
	n -= signatureInfo
	info := file[n:]
	size := int64(binary.BigEndian.Uint32(info[8:]))
	if info[2] != idPKCS7 || size == 0 || size > int64(n) {
		return nil, false
	}
	return parsePKCS7(file[int64(n)-size : n])
}

// The structures of RFC 5652 (CMS), as far as they tell who signed.
type (
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content signedData `asn1:"explicit,tag:0"`
	}
	signedData struct {
		Version      int
		Digests      asn1.RawValue
		Encapsulated asn1.RawValue
		Certificates asn1.RawValue `asn1:"optional,tag:0"`
		CRLs         asn1.RawValue `asn1:"optional,tag:1"`
		Signers      []signerInfo  `asn1:"set"`
	}
	signerInfo struct {
		Version    int
		ID         issuerAndSerial
		Digest     algorithm
		Attributes asn1.RawValue `asn1:"optional,tag:0"`
		Algorithm  algorithm
		Signature  []byte
		Unsigned   asn1.RawValue `asn1:"optional,tag:1"`
	}
	issuerAndSerial struct {
		Issuer []attributeSET
		Serial *big.Int
	}
	attributeSET []attribute // encoding/asn1 tells sets by this suffix
	attribute    struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
)

// parsePKCS7 is kmod's fill_pkcs7.
func parsePKCS7(der []byte) (*Signature, bool) {
	var c contentInfo
	if _, err := asn1.Unmarshal(der, &c); err != nil || len(c.Content.Signers) == 0 {
		return nil, false
	}
	s := c.Content.Signers[0]
	return &Signature{
		Signer: commonName(s.ID.Issuer),
		Key:    s.ID.Serial.Bytes(),
		Hash:   hashName(s.Digest.ID),
		Data:   s.Signature,
	}, true
}

// commonName is the first common name of a distinguished name; without one it
// is the last attribute.
func commonName(name []attributeSET) string {
	last := ""
	for _, set := range name {
		for _, a := range set {
			last = string(a.Value.Bytes)
			if a.Type.Equal(asn1.ObjectIdentifier{2, 5, 4, 3}) {
				return last
			}
		}
	}
	return last
}

// hashName is the name that kmod has for a digest.
func hashName(id asn1.ObjectIdentifier) string {
	switch id.String() {
	case "1.2.840.113549.2.4":
		return "md4"
	case "1.2.840.113549.2.5":
		return "md5"
	case "1.3.14.3.2.26":
		return "sha1"
	case "1.3.36.3.2.1":
		return "rmd160"
	case "2.16.840.1.101.3.4.2.1":
		return "sha256"
	case "2.16.840.1.101.3.4.2.2":
		return "sha384"
	case "2.16.840.1.101.3.4.2.3":
		return "sha512"
	case "2.16.840.1.101.3.4.2.4":
		return "sha224"
	}
	return "unknown"
}

// Fields are the lines that kmod_module_get_info adds for a signature.
func (s *Signature) Fields() []Field {
	return []Field{
		{"sig_id", "PKCS#7"},
		{"signer", s.Signer},
		{"sig_key", hexText(s.Key)},
		{"sig_hashalgo", s.Hash},
		{"signature", hexText(s.Data)},
	}
}

// hexText is bytes as kmod prints them: twenty in a line.
func hexText(data []byte) string {
	var b strings.Builder
	for i, c := range data {
		if i > 0 {
			b.WriteByte(':')
		}
		if i > 0 && i%20 == 0 {
			b.WriteString("\n\t\t")
		}
		fmt.Fprintf(&b, "%02X", c)
	}
	return b.String()
}
