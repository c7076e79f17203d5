using System.Globalization;

namespace Distribution.Dashboard.Text;

/// <summary>Words for folders.</summary>
internal static class FolderText
{
    /// <summary>"1 file", "1,024 files".</summary>
    public static string Files(int count) =>
        count == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} files");
}
