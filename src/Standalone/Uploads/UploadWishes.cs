using System.Globalization;

namespace Distribution.Standalone.Uploads;

/// <summary>How something is to be published; what is null is left to the server.</summary>
/// <param name="Title">What people see.</param>
/// <param name="Format">"v1" or "hybrid".</param>
internal sealed record UploadWishes(string? Title, string? Format, long? PieceLengthBytes)
{
    /// <summary>What makes another torrent, so that an upload that was begun with other wishes is not gone on with.</summary>
    public string TorrentKey => string.Create(CultureInfo.InvariantCulture, $"{Format} {PieceLengthBytes}");
}
