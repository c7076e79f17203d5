namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>What a test needs of its machine. Missing, it is skipped with the reason; in CI (CI=true) it fails.</summary>
internal static class Requires
{
    public static void Program(string name) =>
        That(
            (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, name))),
            $"{name} is not installed"
        );

    public static void That(bool met, string otherwise)
    {
        if (met)
            return;
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"{otherwise}, and CI must have it.");
        Console.WriteLine($"SKIPPED {TestContext.Current.Test?.TestDisplayName}: {otherwise}.");
        Assert.Skip($"{otherwise}.");
    }
}
