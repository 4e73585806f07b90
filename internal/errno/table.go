package errno

// The numbers of include/uapi/asm-generic/errno-base.h and errno.h, which x86-64 uses.
const (
	EPERM           Errno = 1   // Operation not permitted
	ENOENT          Errno = 2   // No such file or directory
	ESRCH           Errno = 3   // No such process
	EINTR           Errno = 4   // Interrupted system call
	EIO             Errno = 5   // Input/output error
	ENXIO           Errno = 6   // No such device or address
	E2BIG           Errno = 7   // Argument list too long
	ENOEXEC         Errno = 8   // Exec format error
	EBADF           Errno = 9   // Bad file descriptor
	ECHILD          Errno = 10  // No child processes
	EAGAIN          Errno = 11  // Resource temporarily unavailable
	ENOMEM          Errno = 12  // Cannot allocate memory
	EACCES          Errno = 13  // Permission denied
	EFAULT          Errno = 14  // Bad address
	ENOTBLK         Errno = 15  // Block device required
	EBUSY           Errno = 16  // Device or resource busy
	EEXIST          Errno = 17  // File exists
	EXDEV           Errno = 18  // Invalid cross-device link
	ENODEV          Errno = 19  // No such device
	ENOTDIR         Errno = 20  // Not a directory
	EISDIR          Errno = 21  // Is a directory
	EINVAL          Errno = 22  // Invalid argument
	ENFILE          Errno = 23  // Too many open files in system
	EMFILE          Errno = 24  // Too many open files
	ENOTTY          Errno = 25  // Inappropriate ioctl for device
	ETXTBSY         Errno = 26  // Text file busy
	EFBIG           Errno = 27  // File too large
	ENOSPC          Errno = 28  // No space left on device
	ESPIPE          Errno = 29  // Illegal seek
	EROFS           Errno = 30  // Read-only file system
	EMLINK          Errno = 31  // Too many links
	EPIPE           Errno = 32  // Broken pipe
	EDOM            Errno = 33  // Numerical argument out of domain
	ERANGE          Errno = 34  // Numerical result out of range
	EDEADLK         Errno = 35  // Resource deadlock avoided
	ENAMETOOLONG    Errno = 36  // File name too long
	ENOLCK          Errno = 37  // No locks available
	ENOSYS          Errno = 38  // Function not implemented
	ENOTEMPTY       Errno = 39  // Directory not empty
	ELOOP           Errno = 40  // Too many levels of symbolic links
	ENOMSG          Errno = 42  // No message of desired type
	EIDRM           Errno = 43  // Identifier removed
	ECHRNG          Errno = 44  // Channel number out of range
	EL2NSYNC        Errno = 45  // Level 2 not synchronized
	EL3HLT          Errno = 46  // Level 3 halted
	EL3RST          Errno = 47  // Level 3 reset
	ELNRNG          Errno = 48  // Link number out of range
	EUNATCH         Errno = 49  // Protocol driver not attached
	ENOCSI          Errno = 50  // No CSI structure available
	EL2HLT          Errno = 51  // Level 2 halted
	EBADE           Errno = 52  // Invalid exchange
	EBADR           Errno = 53  // Invalid request descriptor
	EXFULL          Errno = 54  // Exchange full
	ENOANO          Errno = 55  // No anode
	EBADRQC         Errno = 56  // Invalid request code
	EBADSLT         Errno = 57  // Invalid slot
	EBFONT          Errno = 59  // Bad font file format
	ENOSTR          Errno = 60  // Device not a stream
	ENODATA         Errno = 61  // No data available
	ETIME           Errno = 62  // Timer expired
	ENOSR           Errno = 63  // Out of streams resources
	ENONET          Errno = 64  // Machine is not on the network
	ENOPKG          Errno = 65  // Package not installed
	EREMOTE         Errno = 66  // Object is remote
	ENOLINK         Errno = 67  // Link has been severed
	EADV            Errno = 68  // Advertise error
	ESRMNT          Errno = 69  // Srmount error
	ECOMM           Errno = 70  // Communication error on send
	EPROTO          Errno = 71  // Protocol error
	EMULTIHOP       Errno = 72  // Multihop attempted
	EDOTDOT         Errno = 73  // RFS specific error
	EBADMSG         Errno = 74  // Bad message
	EOVERFLOW       Errno = 75  // Value too large for defined data type
	ENOTUNIQ        Errno = 76  // Name not unique on network
	EBADFD          Errno = 77  // File descriptor in bad state
	EREMCHG         Errno = 78  // Remote address changed
	ELIBACC         Errno = 79  // Can not access a needed shared library
	ELIBBAD         Errno = 80  // Accessing a corrupted shared library
	ELIBSCN         Errno = 81  // .lib section in a.out corrupted
	ELIBMAX         Errno = 82  // Attempting to link in too many shared libraries
	ELIBEXEC        Errno = 83  // Cannot exec a shared library directly
	EILSEQ          Errno = 84  // Invalid or incomplete multibyte or wide character
	ERESTART        Errno = 85  // Interrupted system call should be restarted
	ESTRPIPE        Errno = 86  // Streams pipe error
	EUSERS          Errno = 87  // Too many users
	ENOTSOCK        Errno = 88  // Socket operation on non-socket
	EDESTADDRREQ    Errno = 89  // Destination address required
	EMSGSIZE        Errno = 90  // Message too long
	EPROTOTYPE      Errno = 91  // Protocol wrong type for socket
	ENOPROTOOPT     Errno = 92  // Protocol not available
	EPROTONOSUPPORT Errno = 93  // Protocol not supported
	ESOCKTNOSUPPORT Errno = 94  // Socket type not supported
	EOPNOTSUPP      Errno = 95  // Operation not supported
	EPFNOSUPPORT    Errno = 96  // Protocol family not supported
	EAFNOSUPPORT    Errno = 97  // Address family not supported by protocol
	EADDRINUSE      Errno = 98  // Address already in use
	EADDRNOTAVAIL   Errno = 99  // Cannot assign requested address
	ENETDOWN        Errno = 100 // Network is down
	ENETUNREACH     Errno = 101 // Network is unreachable
	ENETRESET       Errno = 102 // Network dropped connection on reset
	ECONNABORTED    Errno = 103 // Software caused connection abort
	ECONNRESET      Errno = 104 // Connection reset by peer
	ENOBUFS         Errno = 105 // No buffer space available
	EISCONN         Errno = 106 // Transport endpoint is already connected
	ENOTCONN        Errno = 107 // Transport endpoint is not connected
	ESHUTDOWN       Errno = 108 // Cannot send after transport endpoint shutdown
	ETOOMANYREFS    Errno = 109 // Too many references: cannot splice
	ETIMEDOUT       Errno = 110 // Connection timed out
	ECONNREFUSED    Errno = 111 // Connection refused
	EHOSTDOWN       Errno = 112 // Host is down
	EHOSTUNREACH    Errno = 113 // No route to host
	EALREADY        Errno = 114 // Operation already in progress
	EINPROGRESS     Errno = 115 // Operation now in progress
	ESTALE          Errno = 116 // Stale file handle
	EUCLEAN         Errno = 117 // Structure needs cleaning
	ENOTNAM         Errno = 118 // Not a XENIX named type file
	ENAVAIL         Errno = 119 // No XENIX semaphores available
	EISNAM          Errno = 120 // Is a named type file
	EREMOTEIO       Errno = 121 // Remote I/O error
	EDQUOT          Errno = 122 // Disk quota exceeded
	ENOMEDIUM       Errno = 123 // No medium found
	EMEDIUMTYPE     Errno = 124 // Wrong medium type
	ECANCELED       Errno = 125 // Operation canceled
	ENOKEY          Errno = 126 // Required key not available
	EKEYEXPIRED     Errno = 127 // Key has expired
	EKEYREVOKED     Errno = 128 // Key has been revoked
	EKEYREJECTED    Errno = 129 // Key was rejected by service
	EOWNERDEAD      Errno = 130 // Owner died
	ENOTRECOVERABLE Errno = 131 // State not recoverable
	ERFKILL         Errno = 132 // Operation not possible due to RF-kill
)

// Other names of numbers above.
const (
	EWOULDBLOCK = EAGAIN
	EDEADLOCK   = EDEADLK
	ENOTSUP     = EOPNOTSUPP
)

// Numbers of include/linux/errno.h: the kernel passes them around inside, and a
// few of them leak out to user space.
const (
	ERESTARTSYS  Errno = 512 // Unknown error 512
	EPROBE_DEFER Errno = 517 // Unknown error 517
	ENOTSUPP     Errno = 524 // Unknown error 524
)

type row struct {
	name, text string
}

// describe returns the row of e, or false for a number that has no name. It is
// a switch and not a table variable, so that no state lives in the package.
func (e Errno) describe() (row, bool) {
	switch e {
	case EPERM:
		return row{"EPERM", "Operation not permitted"}, true
	case ENOENT:
		return row{"ENOENT", "No such file or directory"}, true
	case ESRCH:
		return row{"ESRCH", "No such process"}, true
	case EINTR:
		return row{"EINTR", "Interrupted system call"}, true
	case EIO:
		return row{"EIO", "Input/output error"}, true
	case ENXIO:
		return row{"ENXIO", "No such device or address"}, true
	case E2BIG:
		return row{"E2BIG", "Argument list too long"}, true
	case ENOEXEC:
		return row{"ENOEXEC", "Exec format error"}, true
	case EBADF:
		return row{"EBADF", "Bad file descriptor"}, true
	case ECHILD:
		return row{"ECHILD", "No child processes"}, true
	case EAGAIN:
		return row{"EAGAIN", "Resource temporarily unavailable"}, true
	case ENOMEM:
		return row{"ENOMEM", "Cannot allocate memory"}, true
	case EACCES:
		return row{"EACCES", "Permission denied"}, true
	case EFAULT:
		return row{"EFAULT", "Bad address"}, true
	case ENOTBLK:
		return row{"ENOTBLK", "Block device required"}, true
	case EBUSY:
		return row{"EBUSY", "Device or resource busy"}, true
	case EEXIST:
		return row{"EEXIST", "File exists"}, true
	case EXDEV:
		return row{"EXDEV", "Invalid cross-device link"}, true
	case ENODEV:
		return row{"ENODEV", "No such device"}, true
	case ENOTDIR:
		return row{"ENOTDIR", "Not a directory"}, true
	case EISDIR:
		return row{"EISDIR", "Is a directory"}, true
	case EINVAL:
		return row{"EINVAL", "Invalid argument"}, true
	case ENFILE:
		return row{"ENFILE", "Too many open files in system"}, true
	case EMFILE:
		return row{"EMFILE", "Too many open files"}, true
	case ENOTTY:
		return row{"ENOTTY", "Inappropriate ioctl for device"}, true
	case ETXTBSY:
		return row{"ETXTBSY", "Text file busy"}, true
	case EFBIG:
		return row{"EFBIG", "File too large"}, true
	case ENOSPC:
		return row{"ENOSPC", "No space left on device"}, true
	case ESPIPE:
		return row{"ESPIPE", "Illegal seek"}, true
	case EROFS:
		return row{"EROFS", "Read-only file system"}, true
	case EMLINK:
		return row{"EMLINK", "Too many links"}, true
	case EPIPE:
		return row{"EPIPE", "Broken pipe"}, true
	case EDOM:
		return row{"EDOM", "Numerical argument out of domain"}, true
	case ERANGE:
		return row{"ERANGE", "Numerical result out of range"}, true
	case EDEADLK:
		return row{"EDEADLK", "Resource deadlock avoided"}, true
	case ENAMETOOLONG:
		return row{"ENAMETOOLONG", "File name too long"}, true
	case ENOLCK:
		return row{"ENOLCK", "No locks available"}, true
	case ENOSYS:
		return row{"ENOSYS", "Function not implemented"}, true
	case ENOTEMPTY:
		return row{"ENOTEMPTY", "Directory not empty"}, true
	case ELOOP:
		return row{"ELOOP", "Too many levels of symbolic links"}, true
	case ENOMSG:
		return row{"ENOMSG", "No message of desired type"}, true
	case EIDRM:
		return row{"EIDRM", "Identifier removed"}, true
	case ECHRNG:
		return row{"ECHRNG", "Channel number out of range"}, true
	case EL2NSYNC:
		return row{"EL2NSYNC", "Level 2 not synchronized"}, true
	case EL3HLT:
		return row{"EL3HLT", "Level 3 halted"}, true
	case EL3RST:
		return row{"EL3RST", "Level 3 reset"}, true
	case ELNRNG:
		return row{"ELNRNG", "Link number out of range"}, true
	case EUNATCH:
		return row{"EUNATCH", "Protocol driver not attached"}, true
	case ENOCSI:
		return row{"ENOCSI", "No CSI structure available"}, true
	case EL2HLT:
		return row{"EL2HLT", "Level 2 halted"}, true
	case EBADE:
		return row{"EBADE", "Invalid exchange"}, true
	case EBADR:
		return row{"EBADR", "Invalid request descriptor"}, true
	case EXFULL:
		return row{"EXFULL", "Exchange full"}, true
	case ENOANO:
		return row{"ENOANO", "No anode"}, true
	case EBADRQC:
		return row{"EBADRQC", "Invalid request code"}, true
	case EBADSLT:
		return row{"EBADSLT", "Invalid slot"}, true
	case EBFONT:
		return row{"EBFONT", "Bad font file format"}, true
	case ENOSTR:
		return row{"ENOSTR", "Device not a stream"}, true
	case ENODATA:
		return row{"ENODATA", "No data available"}, true
	case ETIME:
		return row{"ETIME", "Timer expired"}, true
	case ENOSR:
		return row{"ENOSR", "Out of streams resources"}, true
	case ENONET:
		return row{"ENONET", "Machine is not on the network"}, true
	case ENOPKG:
		return row{"ENOPKG", "Package not installed"}, true
	case EREMOTE:
		return row{"EREMOTE", "Object is remote"}, true
	case ENOLINK:
		return row{"ENOLINK", "Link has been severed"}, true
	case EADV:
		return row{"EADV", "Advertise error"}, true
	case ESRMNT:
		return row{"ESRMNT", "Srmount error"}, true
	case ECOMM:
		return row{"ECOMM", "Communication error on send"}, true
	case EPROTO:
		return row{"EPROTO", "Protocol error"}, true
	case EMULTIHOP:
		return row{"EMULTIHOP", "Multihop attempted"}, true
	case EDOTDOT:
		return row{"EDOTDOT", "RFS specific error"}, true
	case EBADMSG:
		return row{"EBADMSG", "Bad message"}, true
	case EOVERFLOW:
		return row{"EOVERFLOW", "Value too large for defined data type"}, true
	case ENOTUNIQ:
		return row{"ENOTUNIQ", "Name not unique on network"}, true
	case EBADFD:
		return row{"EBADFD", "File descriptor in bad state"}, true
	case EREMCHG:
		return row{"EREMCHG", "Remote address changed"}, true
	case ELIBACC:
		return row{"ELIBACC", "Can not access a needed shared library"}, true
	case ELIBBAD:
		return row{"ELIBBAD", "Accessing a corrupted shared library"}, true
	case ELIBSCN:
		return row{"ELIBSCN", ".lib section in a.out corrupted"}, true
	case ELIBMAX:
		return row{"ELIBMAX", "Attempting to link in too many shared libraries"}, true
	case ELIBEXEC:
		return row{"ELIBEXEC", "Cannot exec a shared library directly"}, true
	case EILSEQ:
		return row{"EILSEQ", "Invalid or incomplete multibyte or wide character"}, true
	case ERESTART:
		return row{"ERESTART", "Interrupted system call should be restarted"}, true
	case ESTRPIPE:
		return row{"ESTRPIPE", "Streams pipe error"}, true
	case EUSERS:
		return row{"EUSERS", "Too many users"}, true
	case ENOTSOCK:
		return row{"ENOTSOCK", "Socket operation on non-socket"}, true
	case EDESTADDRREQ:
		return row{"EDESTADDRREQ", "Destination address required"}, true
	case EMSGSIZE:
		return row{"EMSGSIZE", "Message too long"}, true
	case EPROTOTYPE:
		return row{"EPROTOTYPE", "Protocol wrong type for socket"}, true
	case ENOPROTOOPT:
		return row{"ENOPROTOOPT", "Protocol not available"}, true
	case EPROTONOSUPPORT:
		return row{"EPROTONOSUPPORT", "Protocol not supported"}, true
	case ESOCKTNOSUPPORT:
		return row{"ESOCKTNOSUPPORT", "Socket type not supported"}, true
	case EOPNOTSUPP:
		return row{"EOPNOTSUPP", "Operation not supported"}, true
	case EPFNOSUPPORT:
		return row{"EPFNOSUPPORT", "Protocol family not supported"}, true
	case EAFNOSUPPORT:
		return row{"EAFNOSUPPORT", "Address family not supported by protocol"}, true
	case EADDRINUSE:
		return row{"EADDRINUSE", "Address already in use"}, true
	case EADDRNOTAVAIL:
		return row{"EADDRNOTAVAIL", "Cannot assign requested address"}, true
	case ENETDOWN:
		return row{"ENETDOWN", "Network is down"}, true
	case ENETUNREACH:
		return row{"ENETUNREACH", "Network is unreachable"}, true
	case ENETRESET:
		return row{"ENETRESET", "Network dropped connection on reset"}, true
	case ECONNABORTED:
		return row{"ECONNABORTED", "Software caused connection abort"}, true
	case ECONNRESET:
		return row{"ECONNRESET", "Connection reset by peer"}, true
	case ENOBUFS:
		return row{"ENOBUFS", "No buffer space available"}, true
	case EISCONN:
		return row{"EISCONN", "Transport endpoint is already connected"}, true
	case ENOTCONN:
		return row{"ENOTCONN", "Transport endpoint is not connected"}, true
	case ESHUTDOWN:
		return row{"ESHUTDOWN", "Cannot send after transport endpoint shutdown"}, true
	case ETOOMANYREFS:
		return row{"ETOOMANYREFS", "Too many references: cannot splice"}, true
	case ETIMEDOUT:
		return row{"ETIMEDOUT", "Connection timed out"}, true
	case ECONNREFUSED:
		return row{"ECONNREFUSED", "Connection refused"}, true
	case EHOSTDOWN:
		return row{"EHOSTDOWN", "Host is down"}, true
	case EHOSTUNREACH:
		return row{"EHOSTUNREACH", "No route to host"}, true
	case EALREADY:
		return row{"EALREADY", "Operation already in progress"}, true
	case EINPROGRESS:
		return row{"EINPROGRESS", "Operation now in progress"}, true
	case ESTALE:
		return row{"ESTALE", "Stale file handle"}, true
	case EUCLEAN:
		return row{"EUCLEAN", "Structure needs cleaning"}, true
	case ENOTNAM:
		return row{"ENOTNAM", "Not a XENIX named type file"}, true
	case ENAVAIL:
		return row{"ENAVAIL", "No XENIX semaphores available"}, true
	case EISNAM:
		return row{"EISNAM", "Is a named type file"}, true
	case EREMOTEIO:
		return row{"EREMOTEIO", "Remote I/O error"}, true
	case EDQUOT:
		return row{"EDQUOT", "Disk quota exceeded"}, true
	case ENOMEDIUM:
		return row{"ENOMEDIUM", "No medium found"}, true
	case EMEDIUMTYPE:
		return row{"EMEDIUMTYPE", "Wrong medium type"}, true
	case ECANCELED:
		return row{"ECANCELED", "Operation canceled"}, true
	case ENOKEY:
		return row{"ENOKEY", "Required key not available"}, true
	case EKEYEXPIRED:
		return row{"EKEYEXPIRED", "Key has expired"}, true
	case EKEYREVOKED:
		return row{"EKEYREVOKED", "Key has been revoked"}, true
	case EKEYREJECTED:
		return row{"EKEYREJECTED", "Key was rejected by service"}, true
	case EOWNERDEAD:
		return row{"EOWNERDEAD", "Owner died"}, true
	case ENOTRECOVERABLE:
		return row{"ENOTRECOVERABLE", "State not recoverable"}, true
	case ERFKILL:
		return row{"ERFKILL", "Operation not possible due to RF-kill"}, true
	case ERESTARTSYS:
		return row{"ERESTARTSYS", "Unknown error 512"}, true
	case EPROBE_DEFER:
		return row{"EPROBE_DEFER", "Unknown error 517"}, true
	case ENOTSUPP:
		return row{"ENOTSUPP", "Unknown error 524"}, true
	}
	return row{}, false
}
