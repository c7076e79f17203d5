using System.Globalization;
using System.Text;

namespace Distribution.Ingest.Uploads;

/// <summary>Which file names a publisher may use: those that mean one plain file, and the same one, on every system of a viewer.</summary>
public static class FileNames
{
    /// <summary>What common file systems take, in bytes of UTF-8.</summary>
    public const int MaxBytes = 255;

    private const string Forbidden = "/\\:*?\"<>|";

    private static readonly HashSet<string> ReservedOnWindows = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON",
        "PRN",
        "AUX",
        "NUL",
        "CONIN$",
        "CONOUT$",
    };

    /// <summary>Null for a name that may be used; otherwise why not, for people. Names are kept as they come, byte for byte.</summary>
    public static string? Check(string name)
    {
        if (name.Length == 0)
            return "The name is empty.";
        if (name is "." or "..")
            return "The name is a folder's, not a file's.";
        if (!IsWellFormed(name))
            return "The name is not valid Unicode.";
        if (Encoding.UTF8.GetByteCount(name) > MaxBytes)
            return $"The name is longer than {MaxBytes} bytes of UTF-8.";
        foreach (char character in name)
        {
            if (Forbidden.Contains(character, StringComparison.Ordinal))
                return $"The name contains '{character}': no path and none of {Forbidden} may be in it.";
            if (char.GetUnicodeCategory(character) is UnicodeCategory.Control)
                return $"The name contains the control character U+{(int)character:X4}.";
            if (IsDirectionOverride(character))
                return $"The name contains U+{(int)character:X4}, which can hide what kind of file it is.";
        }
        if (name[^1] is '.' or ' ' || name[0] == ' ')
            return "The name starts with a space, or ends with a space or a dot.";
        string stem = name.Split('.')[0].TrimEnd(' ');
        if (ReservedOnWindows.Contains(stem) || IsPort(stem))
            return $"\"{stem}\" is the name of a device on Windows.";
        return null;
    }

    // COM0 to COM9 and LPT0 to LPT9; Windows takes superscript digits for digits here.
    private static bool IsPort(string stem) =>
        stem.Length == 4
        && (
            stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase)
            || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)
        )
        && "0123456789¹²³".Contains(stem[3], StringComparison.Ordinal);

    private static bool IsDirectionOverride(char character) =>
        character
            is '\u2028'
                or '\u2029'
                or '\u200e'
                or '\u200f'
                or (>= '\u202a' and <= '\u202e')
                or (>= '\u2066' and <= '\u2069');

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return false;
            i++;
        }
        return true;
    }
}
