using System.Buffers;
using System.Security.Cryptography;

namespace Distribution.Ingest.Contents;

/// <summary>File ids: 128 random bits in lower-case hexadecimal, so that no id leads to another and each is a plain folder name.</summary>
public static class FileIds
{
    public const int Length = 32;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string Create() => RandomNumberGenerator.GetHexString(Length, lowercase: true);

    /// <summary>True for text of the form that <see cref="Create"/> makes. Nothing else may reach a store.</summary>
    public static bool IsValid(string? text) => text is { Length: Length } && !text.AsSpan().ContainsAnyExcept(Digits);
}
