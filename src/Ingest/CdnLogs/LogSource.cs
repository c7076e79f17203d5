using System.Diagnostics.CodeAnalysis;

namespace Distribution.Ingest.CdnLogs;

/// <summary>Where a CDN leaves its access logs: a folder, or a container of the content's Azure Storage account with a prefix.</summary>
public sealed record LogSource
{
    private const string Blobs = "blob:";

    private LogSource(string? folder, string container, string prefix)
    {
        Folder = folder;
        Container = container;
        Prefix = prefix;
    }

    /// <summary>Null: it is a container.</summary>
    public string? Folder { get; }

    /// <summary>Empty: it is a folder.</summary>
    public string Container { get; }

    /// <summary>What blobs' names begin with.</summary>
    public string Prefix { get; }

    /// <param name="text">A path, or <c>blob:CONTAINER/PREFIX</c>.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out LogSource? source,
        [NotNullWhen(false)] out string? error
    )
    {
        source = null;
        error = null;
        if (!text.StartsWith(Blobs, StringComparison.Ordinal))
        {
            if (!Directory.Exists(text))
                error = $"there is no folder \"{text}\"";
            else
                source = new LogSource(Path.GetFullPath(text), "", "");
            return source is not null;
        }
        string place = text[Blobs.Length..];
        int slash = place.IndexOf('/', StringComparison.Ordinal);
        string container = slash < 0 ? place : place[..slash];
        if (container.Length == 0)
            error = "it names no container: write blob:CONTAINER/PREFIX, such as blob:$logs/blob";
        else
            source = new LogSource(null, container, slash < 0 ? "" : place[(slash + 1)..]);
        return source is not null;
    }
}
