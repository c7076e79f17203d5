using System.Diagnostics.CodeAnalysis;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace Distribution.Ingest.Contents;

/// <summary>
/// Where a content store is: a folder, or Azure Blob Storage. Read from one text: a connection string of Azure Storage, the https URL of an
/// account or of a container in it (with a SAS, or else with the identity that the machine has), or the path of a folder.
/// </summary>
/// <remarks>A class and no record: its text must never show a key.</remarks>
public sealed class ContentLocation
{
    private static readonly string[] ConnectionKeys =
    [
        "AccountName=",
        "AccountKey=",
        "BlobEndpoint=",
        "UseDevelopmentStorage=",
        "SharedAccessSignature=",
    ];

    private readonly string? _connection;
    private readonly Uri? _url;

    private ContentLocation(string? folder, string? connection, Uri? url)
    {
        Folder = folder;
        _connection = connection;
        _url = url;
    }

    /// <summary>Null where it is Azure Blob Storage.</summary>
    public string? Folder { get; }

    public static ContentLocation InFolder(string path) => new(path, null, null);

    /// <param name="error">What is wrong, without the text itself, which may hold a key.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out ContentLocation? location,
        [NotNullWhen(false)] out string? error
    )
    {
        location = null;
        error = null;
        if (string.IsNullOrWhiteSpace(text))
            error = "it is empty: name a folder, or Azure Storage by a connection string or URL";
        else if (IsConnectionString(text))
            location = FromConnectionString(text, out error);
        else if (text.Contains("://", StringComparison.Ordinal))
            location = FromUrl(text, out error);
        else
            location = InFolder(text);
        return location is not null;
    }

    /// <summary>For people and logs: the folder, or the store's host.</summary>
    public override string ToString() =>
        Folder ?? $"Azure Blob Storage at {_url?.Host ?? new BlobServiceClient(_connection).Uri.Host}";

    /// <summary>A client of the container; nothing is called.</summary>
    /// <param name="name">Of the container, where the location names none itself.</param>
    internal BlobContainerClient Container(string name, BlobClientOptions options)
    {
        if (_connection is not null)
            return new BlobContainerClient(_connection, name, options);
        var url = new BlobUriBuilder(_url!);
        if (url.BlobContainerName.Length == 0)
            url.BlobContainerName = name;
        return url.Sas is null
            ? new BlobContainerClient(url.ToUri(), new DefaultAzureCredential(), options)
            : new BlobContainerClient(url.ToUri(), options);
    }

    /// <summary>A client of another container of the same account; nothing is called.</summary>
    internal BlobContainerClient Sibling(string name)
    {
        if (_connection is not null)
            return new BlobContainerClient(_connection, name);
        var url = new BlobUriBuilder(_url!) { BlobContainerName = name };
        return url.Sas is null
            ? new BlobContainerClient(url.ToUri(), new DefaultAzureCredential())
            : new BlobContainerClient(url.ToUri());
    }

    private static bool IsConnectionString(string text) =>
        ConnectionKeys.Any(key => text.Contains(key, StringComparison.OrdinalIgnoreCase));

    private static ContentLocation? FromConnectionString(string text, out string? error)
    {
        error = null;
        try
        {
            _ = new BlobServiceClient(text);
            return new ContentLocation(null, text, null);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            error = "it looks like a connection string of Azure Storage, and is none that can be read";
            return null;
        }
    }

    private static ContentLocation? FromUrl(string text, out string? error)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("https" or "http"))
        {
            error = "it is no https URL of an Azure Storage account or container";
            return null;
        }
        var parts = new BlobUriBuilder(url);
        error =
            url.UserInfo.Length > 0 ? "the URL of an Azure Storage account has no user name"
            : parts.BlobName.Length > 0 ? "the URL names a blob; name an account or a container"
            : url.Scheme == "http" && parts.Sas is null ? "without a SAS the URL must be https: it carries a token"
            : null;
        return error is null ? new ContentLocation(null, null, url) : null;
    }
}
