using System.Reflection;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>Where the repository's parts are, as told by the build.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The program under test, of the same configuration as the tests.</summary>
    public static string Program { get; } =
        Path.Combine(Root, "src", "Standalone", "bin", Metadata("Configuration"), "net10.0", "distribution");

    /// <summary>Small programs that drive real clients.</summary>
    public static string ClientScript(string name) => Path.Combine(Root, "tests", "EndToEnd.Tests", "Clients", name);

    /// <summary>Made on demand; not in the repository.</summary>
    public static string Screenshots
    {
        get
        {
            string folder = Path.Combine(Root, "artifacts", "screenshots");
            Directory.CreateDirectory(folder);
            return folder;
        }
    }

    private static string Metadata(string key) =>
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == key)
            .Value!;
}
