using System.Text.Json.Serialization;

namespace Distribution.Standalone.Downloads;

/// <summary>What <c>get --json</c> writes: sizes in exact bytes.</summary>
internal sealed class DownloadResource(DownloadResult result)
{
    [JsonPropertyName("path")]
    public string Path => result.Path;

    [JsonPropertyName("name")]
    public string Name => result.Torrent.Name;

    [JsonPropertyName("sizeBytes")]
    public long SizeBytes => result.Torrent.LengthBytes;

    [JsonPropertyName("sha256")]
    public string? Sha256 => result.Sha256;

    [JsonPropertyName("infoHash")]
    public string InfoHash => result.Torrent.InfoHash.ToString();

    [JsonPropertyName("foundBytes")]
    public long FoundBytes => result.Figures.FoundBytes;

    [JsonPropertyName("webSeedBytes")]
    public long WebSeedBytes => result.Figures.Of(ByteSource.WebSeed);

    [JsonPropertyName("edgeBytes")]
    public long EdgeBytes => result.Figures.Of(ByteSource.Edge);

    [JsonPropertyName("peerBytes")]
    public long PeerBytes => result.Figures.Of(ByteSource.Peer);

    [JsonPropertyName("wastedBytes")]
    public long WastedBytes => result.Figures.WastedBytes;

    [JsonPropertyName("uploadedBytes")]
    public long UploadedBytes => result.Figures.UploadedBytes;

    [JsonPropertyName("seconds")]
    public double Seconds => Math.Round(result.Took.TotalSeconds, 3);
}
