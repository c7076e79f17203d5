using Distribution.Contracts.Edges;

namespace Distribution.Standalone.Seeding;

/// <summary>The node's own key in its data folder, for its owner's eyes alone.</summary>
internal static class NodeKeyFile
{
    private const string Name = "node.key";
    private const string NewName = "node.key.new";

    /// <summary>Null: the node is not enrolled.</summary>
    public static string? Read(string folder) => ReadFile(Path.Combine(folder, Name));

    /// <summary>
    /// The key that is to be enrolled: the same again until <see cref="Keep"/>, so that an enrolment whose answer was lost can be asked for
    /// again with the same token.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static string Propose(string folder)
    {
        string path = Path.Combine(folder, NewName);
        if (ReadFile(path) is { } before)
            return before;
        Directory.CreateDirectory(folder);
        string key = EdgeNodeKey.Create();
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // A file left over half written may have another mode.
        File.Delete(path);
        using (var stream = new FileStream(path, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(key + "\n"));
            stream.Flush(flushToDisk: true);
        }
        return key;
    }

    /// <summary>The proposed key is the node's from now on.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Keep(string folder) =>
        File.Move(Path.Combine(folder, NewName), Path.Combine(folder, Name), overwrite: true);

    private static string? ReadFile(string path)
    {
        try
        {
            string key = File.ReadAllText(path).Trim();
            return key.StartsWith(EdgeNodeKey.Prefix, StringComparison.Ordinal) ? key : null;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
