using System.Globalization;
using Distribution.Contracts.Tests;
using Distribution.Contracts.Tests.Metering;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// A test starts this same program as the child that counts, so that it can be killed.
if (args is [CountingChild.Command, string journal, string adds])
    return CountingChild.Run(journal, int.Parse(adds, CultureInfo.InvariantCulture));

// What xunit.v3 would generate: its own runner, or the testing platform's where `dotnet test` asks.
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
