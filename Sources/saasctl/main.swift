import SaasctlApp

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// All output has been written by then, and the libraries' exit handlers only free memory that the kernel is about to take back.
_exit(await Application.main())
