using System.Diagnostics.CodeAnalysis;

namespace Distribution.Ingest.Uploads;

/// <summary>A file's title, as a publisher gives it.</summary>
internal static class UploadTitle
{
    private const int MaxLength = 500;

    /// <summary>Trims the title; takes the name where there is none. False: <paramref name="error"/> says why, for people.</summary>
    public static bool TryRead(string? given, string name, out string title, [NotNullWhen(false)] out string? error)
    {
        title = given?.Trim() ?? "";
        if (title.Length == 0)
            title = name;
        error =
            title.Length > MaxLength ? $"The title is longer than {MaxLength} characters."
            : title.Any(char.IsControl) ? "The title contains a control character."
            : null;
        return error is null;
    }
}
