using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>Names in a folder store, and how its small files are written.</summary>
/// <remarks>
/// <code>
/// uploads/{id}/          manifest.json  data  journal          an upload in progress
/// uploads/{id}/          … content.json  info.bencode          whole, a moment before the rename
/// files/{id}/            manifest.json  data  content.json  info.bencode  layers.bencode (v2 and hybrid)  states (of blocks; may be missing)
/// contents/{sha256}-{size}/{id}                            another link to that file's data, to find the same bytes by
/// unconfirmed/{id}       empty: files/{id} may not be published yet
/// trash/{id}.{random}/   being deleted
/// </code>
/// </remarks>
internal sealed class FolderLayout(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    public string Uploads => Path.Combine(Root, "uploads");

    public string Files => Path.Combine(Root, "files");

    public string Contents => Path.Combine(Root, "contents");

    public string Unconfirmed => Path.Combine(Root, "unconfirmed");

    public string Trash => Path.Combine(Root, "trash");

    public string Upload(string fileId) => Path.Combine(Uploads, fileId);

    public string Stored(string fileId) => Path.Combine(Files, fileId);

    public string UnconfirmedMark(string fileId) => Path.Combine(Unconfirmed, fileId);

    public static string Manifest(string folder) => Path.Combine(folder, "manifest.json");

    public static string Data(string folder) => Path.Combine(folder, "data");

    /// <summary>Takes the place of <see cref="Data"/>, which has the same bytes.</summary>
    public static string SharedData(string folder) => Path.Combine(folder, "data.shared");

    public static string Journal(string folder) => Path.Combine(folder, "journal");

    public static string BlockStates(string folder) => Path.Combine(folder, "states");

    public static string Content(string folder) => Path.Combine(folder, "content.json");

    public static string Info(string folder) => Path.Combine(folder, "info.bencode");

    public static string Layers(string folder) => Path.Combine(folder, "layers.bencode");

    /// <summary>Null where there is no such folder.</summary>
    /// <exception cref="InvalidDataException">Not readable as a manifest.</exception>
    public static ContentManifest? ReadManifest(string folder) =>
        Read(Manifest(folder), static (json, path) => ContentJson.ReadManifest(json, path));

    /// <inheritdoc cref="ReadManifest"/>
    public static FileContent? ReadContent(string folder) =>
        Read(Content(folder), static (json, path) => ContentJson.ReadContent(json, path));

    private static T? Read<T>(string path, Func<byte[], string, T> parse)
        where T : class
    {
        try
        {
            return parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
