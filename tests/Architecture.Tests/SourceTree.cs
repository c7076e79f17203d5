using Distribution.Tests.Shared;

namespace Distribution.Architecture.Tests;

/// <summary>Text files by their path from the repository's root, with "/" between folders. Rules look at nothing else, so that a bad sample is easily made up.</summary>
internal sealed class SourceTree
{
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, string>> Files => _files;

    public string? this[string path] => _files.GetValueOrDefault(path);

    /// <summary>Files below <paramref name="folder"/> that end in one of <paramref name="endings"/>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Below(string folder, params string[] endings) =>
        _files.Where(file =>
            file.Key.StartsWith(folder + "/", StringComparison.Ordinal)
            && endings.Any(ending => file.Key.EndsWith(ending, StringComparison.Ordinal))
        );

    public SourceTree With(string path, string text)
    {
        _files[path] = text;
        return this;
    }

    /// <summary>All text files of the working copy that git knows or would take.</summary>
    public static async Task<SourceTree> ReadWorkingCopyAsync()
    {
        ToolResult listed = await ExternalTool.RunAsync(
            "git",
            // The copy may belong to another user than the one who tests it.
            "-c",
            "safe.directory=*",
            "-C",
            Repository.Root,
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard"
        );
        var tree = new SourceTree();
        foreach (string path in listed.Succeeded().Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string full = Repository.PathOf(path);
            if (!File.Exists(full))
                continue;
            string text = await File.ReadAllTextAsync(full);
            if (!text.Contains('\0', StringComparison.Ordinal))
                tree.With(path, text);
        }
        return tree;
    }
}
