using System.Globalization;

namespace Distribution.Standalone.Uploads;

/// <summary>How something is to be published; what is null is left to the server.</summary>
/// <param name="Title">What people see.</param>
/// <param name="Format">"v1" or "hybrid".</param>
/// <param name="Replaces">The file of which it is a new version.</param>
internal sealed record UploadWishes(string? Title, string? Format, long? PieceLengthBytes, string? Replaces = null)
{
    /// <summary>What makes another file, so that an upload that was begun with other wishes is not gone on with.</summary>
    public string FileKey =>
        string.Create(CultureInfo.InvariantCulture, $"{Format} {PieceLengthBytes} {Replaces}").TrimEnd();
}
