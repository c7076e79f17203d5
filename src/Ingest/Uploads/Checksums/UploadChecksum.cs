using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads.Checksums;

/// <summary>The header <c>Upload-Checksum</c>: the name of an algorithm and a Base64 digest (tus 1.0.0, "Checksum").</summary>
internal sealed record UploadChecksum(string Algorithm, byte[] Digest)
{
    /// <summary>
    /// For <c>Tus-Checksum-Algorithm</c>. No "crc32": the protocol does not say in which order its four bytes stand.
    /// </summary>
    public static readonly IReadOnlyList<string> Algorithms = ["sha1", "sha256", "md5"];

    public static bool TryParse(
        string header,
        [NotNullWhen(true)] out UploadChecksum? checksum,
        [NotNullWhen(false)] out IResult? refusal
    )
    {
        checksum = null;
        refusal = null;
        string[] parts = header.Split(' ');
        var digest = new byte[SHA512.HashSizeInBytes];
        if (parts.Length != 2)
            refusal = Problem.InvalidHeader.With("Upload-Checksum must be an algorithm, a space and a Base64 digest.");
        else if (!Algorithms.Contains(parts[0]))
            refusal = Problem.UnsupportedChecksum.With(
                $"The algorithm must be one of {string.Join(", ", Algorithms)}."
            );
        else if (!Convert.TryFromBase64String(parts[1], digest, out int length) || length != BytesOf(parts[0]))
            refusal = Problem.InvalidHeader.With($"Upload-Checksum has no Base64 digest of {parts[0]}'s length.");
        else
            checksum = new UploadChecksum(parts[0], digest[..length]);
        return checksum is not null;
    }

    public static IncrementalHash Begin(string algorithm) =>
        IncrementalHash.CreateHash(
            algorithm switch
            {
                "sha1" => HashAlgorithmName.SHA1,
                "sha256" => HashAlgorithmName.SHA256,
                "md5" => HashAlgorithmName.MD5,
                _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
            }
        );

    private static int BytesOf(string algorithm) =>
        algorithm switch
        {
            "sha1" => SHA1.HashSizeInBytes,
            "sha256" => SHA256.HashSizeInBytes,
            _ => MD5.HashSizeInBytes,
        };
}
