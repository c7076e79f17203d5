using Distribution.Ingest.Contents;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// The address of a file's bytes in the content store, as torrents name it beside our web seed: <c>…/bytes/{id}</c>. Where a file shares
/// the bytes of another one, its own id follows as <c>?file={id}</c>, so that logs tell the two apart.
/// </summary>
internal static class BlobUrl
{
    public const string FileQuery = "file=";

    private const string Folder = "/bytes/";

    /// <param name="blob">Its name in the container, "bytes/{id}".</param>
    public static Uri Of(Uri container, string blob, string fileId)
    {
        string address = $"{container.AbsoluteUri.TrimEnd('/')}/{blob}";
        bool isOwn = blob.EndsWith('/' + fileId);
        return new Uri(isOwn ? address : $"{address}?{FileQuery}{fileId}");
    }

    /// <summary>The file of an address in a log; null: that is none of ours.</summary>
    public static string? FileIdOf(string url)
    {
        int end = url.IndexOf('#', StringComparison.Ordinal);
        ReadOnlySpan<char> rest = end < 0 ? url : url.AsSpan(0, end);
        int query = rest.IndexOf('?');
        ReadOnlySpan<char> path = query < 0 ? rest : rest[..query];
        int folder = path.LastIndexOf(Folder);
        // The container may be the site's root.
        ReadOnlySpan<char> name =
            folder >= 0 ? path[(folder + Folder.Length)..]
            : path.StartsWith(Folder.AsSpan(1)) ? path[(Folder.Length - 1)..]
            : default;
        string blob = name.ToString();
        if (!FileIds.IsValid(blob))
            return null;
        if (query < 0)
            return blob;
        foreach (Range part in rest[(query + 1)..].Split('&'))
        {
            ReadOnlySpan<char> pair = rest[(query + 1)..][part];
            if (pair.StartsWith(FileQuery) && FileIds.IsValid(pair[FileQuery.Length..].ToString()))
                return pair[FileQuery.Length..].ToString();
        }
        return blob;
    }
}
