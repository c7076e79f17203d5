using System.Text.Json;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A published file's figures and links.</summary>
internal sealed record PublishedVideo(
    string Id,
    string Name,
    long SizeBytes,
    string InfoHash,
    string Sha256,
    string Magnet,
    string TorrentUrl,
    string WebSeedUrl,
    string DownloadUrl,
    string WatchUrl
)
{
    /// <summary>The magnet with topic, name and tracker alone: no web seed, no other source.</summary>
    public string BareMagnet => Without("ws", "xs", "xl", "as");

    /// <summary>The portal's magnet without its web seeds.</summary>
    public string MagnetWithoutWebSeed => Without("ws");

    public static PublishedVideo Read(JsonElement file)
    {
        Assert.Equal("published", file.GetProperty("state").GetString());
        return new PublishedVideo(
            Text("id"),
            Text("name"),
            file.GetProperty("size").GetInt64(),
            Text("infoHash"),
            Text("sha256"),
            Text("magnetUri"),
            Text("torrentUrl"),
            Text("webSeedUrl"),
            Text("downloadUrl"),
            Text("watchUrl")
        );

        string Text(string name) => file.GetProperty(name).GetString()!;
    }

    private string Without(params string[] parameters)
    {
        string[] parts = Magnet["magnet:?".Length..].Split('&');
        return "magnet:?" + string.Join('&', parts.Where(part => !parameters.Contains(part.Split('=')[0])));
    }
}
