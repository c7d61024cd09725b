import SaasctlApp

await Application.main()
