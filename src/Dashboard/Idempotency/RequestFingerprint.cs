using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Idempotency;

/// <summary>Tells one request from another: by method, address and body.</summary>
internal static class RequestFingerprint
{
    /// <summary>The longest body that any POST takes, but for uploads; the endpoints' own bounds are lower.</summary>
    private const int MaxBodyBytes = 32 << 20;

    private const int InMemoryBytes = 64 << 10;

    private static readonly string[] TusHeaders =
    [
        "Upload-Length",
        "Upload-Defer-Length",
        "Upload-Metadata",
        "Upload-Concat",
    ];

    /// <summary>Null: the body is longer than any may be. It can be read again afterwards.</summary>
    public static async Task<string?> OfAsync(HttpRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, request.Method);
        Add(hash, request.Path.Value ?? "");
        Add(hash, request.QueryString.Value ?? "");
        // An upload's first bytes may be gigabytes, and its creation does not depend on them.
        if (request.Headers.ContainsKey("Tus-Resumable"))
        {
            foreach (string name in TusHeaders)
                Add(hash, request.Headers[name].ToString());
            return Convert.ToHexString(hash.GetHashAndReset());
        }
        request.EnableBuffering(InMemoryBytes, MaxBodyBytes);
        var block = new byte[16 << 10];
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(block, request.HttpContext.RequestAborted)) > 0)
                hash.AppendData(block, 0, read);
        }
        catch (IOException) when (request.Body.Position >= MaxBodyBytes - block.Length)
        {
            return null;
        }
        request.Body.Position = 0;
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // With its length, so that no two lists of texts look alike.
    private static void Add(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
