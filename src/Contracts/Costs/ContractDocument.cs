using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Distribution.Contracts.Costs;

/// <summary>A contract as a JSON file: UTF-8, at most 64 KiB. Its format: docs/operations.md, "Contracts".</summary>
/// <param name="Json">As it was written.</param>
public sealed record ContractDocument(Contract Contract, string Json)
{
    /// <summary>A larger file is refused unread.</summary>
    public const int MaxBytes = 64 << 10;

    private const int MaxDepth = 16;

    /// <param name="name">Whose file it is, for errors.</param>
    /// <param name="errors">What is wrong: "name: place in the JSON: reason", at most 20 of them. Empty where this returns true.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8,
        string name,
        [NotNullWhen(true)] out ContractDocument? document,
        out IReadOnlyList<string> errors
    )
    {
        document = null;
        ReadOnlyMemory<byte> text = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        if (text.Length > MaxBytes)
        {
            errors = [$"{name}: it has more than {MaxBytes} bytes."];
            return false;
        }
        try
        {
            using JsonDocument json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var reader = new ContractReader();
            Contract? contract = reader.Read(json.RootElement);
            errors = [.. reader.Errors.Select(error => $"{name}: {error}")];
            if (contract is not null && errors.Count == 0)
                document = new ContractDocument(contract, json.RootElement.GetRawText());
        }
        // Escapes that make no text are found only when a string is read.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            errors = [$"{name}: it is no JSON: {wrong.Message}"];
        }
        return document is not null;
    }

    /// <summary>Reads a file. It throws nothing: what is wrong with the file itself is an error too.</summary>
    public static bool TryRead(
        string path,
        [NotNullWhen(true)] out ContractDocument? document,
        out IReadOnlyList<string> errors
    )
    {
        document = null;
        try
        {
            using FileStream file = File.OpenRead(path);
            // One byte more than may be there shows that there is more; a length is no help with a pipe.
            var text = new byte[MaxBytes + 4];
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return TryParse(text.AsMemory(0, length), path, out document, out errors);
        }
        catch (Exception wrong)
            when (wrong is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            errors = [$"{path}: {wrong.Message}"];
            return false;
        }
    }
}
