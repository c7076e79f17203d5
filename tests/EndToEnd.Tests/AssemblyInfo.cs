using System.Runtime.Versioning;
using Xunit.Sdk;
using Xunit.v3;

// Real servers and clients move hundreds of megabytes: one test at a time, or the deadlines mean nothing.
[assembly: Parallelization(Mode = ParallelMode.None)]

// The clients are Debian's, and so are signals, modes and mounts.
[assembly: SupportedOSPlatform("linux")]
