using Distribution.EdgeSeeder.Tests;
using Distribution.EdgeSeeder.Tests.Kit;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// A test starts this same program as the edge that it kills.
if (args is [SeedingChild.Command, string folder])
    return SeedingChild.Run(folder);

// What xunit.v3 would generate: its own runner, or the testing platform's where `dotnet test` asks.
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
