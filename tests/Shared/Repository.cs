namespace Distribution.Tests.Shared;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Distribution.sln")))
                return at.FullName;
        }
        throw new InvalidOperationException($"No Distribution.sln above {folder}.");
    }
}
