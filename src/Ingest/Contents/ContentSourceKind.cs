namespace Distribution.Ingest.Contents;

/// <summary>What kind of place a server fetches bytes from.</summary>
public enum ContentSourceKind
{
    /// <summary>File ids of parts in the same store (tus, "concatenation").</summary>
    Parts,

    /// <summary>Paths of files on the server.</summary>
    Files,

    /// <summary>An https or blob URL.</summary>
    Url,
}
