using System.Diagnostics.CodeAnalysis;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Uploads.Parts;

/// <summary>The header <c>Upload-Concat</c> (tus 1.0.0, "Concatenation").</summary>
/// <param name="PartIds">In order, with repetitions; null: the upload is itself a part.</param>
internal sealed record UploadConcat(IReadOnlyList<string>? PartIds, string Raw)
{
    private const string Partial = "partial";
    private const string Final = "final;";

    /// <summary>False: <paramref name="error"/> says what is wrong, for people.</summary>
    /// <param name="uploads">The path of all uploads, to which a part's URL must lead; its host is not looked at.</param>
    public static bool TryParse(
        string header,
        string uploads,
        [NotNullWhen(true)] out UploadConcat? concat,
        [NotNullWhen(false)] out string? error
    )
    {
        concat = null;
        error = null;
        if (header == Partial)
            concat = new UploadConcat(null, header);
        else if (!header.StartsWith(Final, StringComparison.Ordinal))
            error = "Upload-Concat is neither \"partial\" nor \"final;\" and the parts' URLs.";
        else
        {
            string[] urls = header[Final.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string?[] ids = [.. urls.Select(url => IdOf(url, uploads))];
            int unknown = Array.IndexOf(ids, null);
            if (urls.Length == 0)
                error = "Upload-Concat names no parts.";
            else if (unknown >= 0)
                error = $"\"{urls[unknown]}\" is no upload's URL.";
            else
                concat = new UploadConcat([.. ids.OfType<string>()], header);
        }
        return concat is not null;
    }

    private static string? IdOf(string url, string uploads)
    {
        var anywhere = new Uri("http://any" + uploads + "/");
        if (!Uri.TryCreate(anywhere, url, out Uri? absolute) || absolute.Scheme is not ("http" or "https"))
            return null;
        string path = absolute.AbsolutePath;
        return
            path.StartsWith(uploads + "/", StringComparison.Ordinal)
            && path[(uploads.Length + 1)..] is var id
            && FileIds.IsValid(id)
            ? id
            : null;
    }
}
