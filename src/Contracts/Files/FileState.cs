namespace Distribution.Contracts.Files;

/// <summary>Where a file stands in its life. Names are the API's, in lower case.</summary>
public enum FileState
{
    Uploading,
    Processing,
    Published,
    Unpublished,
    Failed,
}
