namespace Distribution.Ingest.Contents.Azure;

/// <summary>Names in a container.</summary>
/// <remarks>
/// <code>
/// uploads/{id}/manifest   an upload exists while this does, unless files/{id} does
/// uploads/{id}/journal    where it stands (UploadCheckpoint)
/// uploads/{id}/content    its facts, from the first step of its completion on
/// files/{id}              a whole file exists while this does (FileRecord): manifest, facts, which blob has its bytes
/// torrents/{id}           its torrent
/// unconfirmed/{id}        empty: files/{id} may not be published yet
/// contents/{sha256}-{size}  which blob has these bytes, and which files are made of them (ContentRecord)
/// bytes/{id}              the bytes that upload {id} brought; staged blocks while it is in progress
/// </code>
/// </remarks>
internal static class AzureLayout
{
    public const string Uploads = "uploads/";
    public const string Files = "files/";
    public const string Torrents = "torrents/";
    public const string Unconfirmed = "unconfirmed/";
    public const string Contents = "contents/";
    public const string AllBytes = "bytes/";

    public static string Upload(string fileId) => $"{Uploads}{fileId}/";

    public static string Manifest(string fileId) => $"{Uploads}{fileId}/{ManifestName}";

    public static string Journal(string fileId) => $"{Uploads}{fileId}/journal";

    public static string Facts(string fileId) => $"{Uploads}{fileId}/content";

    public static string File(string fileId) => Files + fileId;

    public static string Torrent(string fileId) => Torrents + fileId;

    public static string UnconfirmedMark(string fileId) => Unconfirmed + fileId;

    public static string Content(string key) => Contents + key;

    public static string Bytes(string fileId) => AllBytes + fileId;

    /// <summary>The id in the name of any blob but one of <see cref="Contents"/>; null: it is none of ours.</summary>
    public static string? FileIdOf(string name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length < prefix.Length + FileIds.Length)
            return null;
        string id = name.Substring(prefix.Length, FileIds.Length);
        bool ends = name.Length == prefix.Length + FileIds.Length || name[prefix.Length + FileIds.Length] == '/';
        return ends && FileIds.IsValid(id) ? id : null;
    }

    public static bool IsManifest(string name) => name.EndsWith("/" + ManifestName, StringComparison.Ordinal);

    private const string ManifestName = "manifest";
}
