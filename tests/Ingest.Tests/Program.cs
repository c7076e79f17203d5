using Distribution.Ingest.Tests;
using Distribution.Ingest.Tests.Hosting;

// Tests that kill a server, or trace its system calls, start this program once more with these arguments.
if (args is ["serve-ingest", var folder])
    return await ChildServer.RunAsync(folder);
return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args,
        SelfRegisteredExtensions.AddSelfRegisteredExtensions
    )
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
