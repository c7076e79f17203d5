using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>Announces and scrapes over HTTP (BEPs 3, 23, 48), as bytes.</summary>
internal static partial class HttpAnnounces
{
    public static async Task<Announced> AnnounceAsync(
        this DistributionServer server,
        string infoHash,
        int port,
        long left,
        string announceEvent = ""
    )
    {
        string reply = await GetAsync(
            server,
            string.Create(
                CultureInfo.InvariantCulture,
                $"/announce?info_hash={Escape(infoHash)}&peer_id={PeerId(port)}&port={port}&uploaded=0&downloaded=0&left={left}&compact=1&event={announceEvent}"
            )
        );
        if (Failure().Match(reply) is { Success: true } failure)
            return new Announced(reply.Substring(failure.Index + failure.Length, Length(failure)), []);
        Match peers = Peers().Match(reply);
        Assert.True(peers.Success, reply);
        byte[] list = Encoding.Latin1.GetBytes(reply.Substring(peers.Index + peers.Length, Length(peers)));
        return new Announced(
            null,
            [.. list.Chunk(6).Select(static peer => (int)BinaryPrimitives.ReadUInt16BigEndian(peer.AsSpan(4)))]
        );
    }

    /// <summary>Downloads that were finished, by the scrape; null: it does not know the swarm, or cannot say now.</summary>
    public static async Task<int?> CompletedAsync(this DistributionServer server, string infoHash)
    {
        Match downloaded = Downloaded().Match(await GetAsync(server, $"/scrape?info_hash={Escape(infoHash)}"));
        return downloaded.Success ? int.Parse(downloaded.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>20 letters for the viewer at a port.</summary>
    public static string PeerId(int port) => string.Create(CultureInfo.InvariantCulture, $"-XX0000-{port:D12}");

    private static int Length(Match match) => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    private static string Escape(string infoHash) => string.Concat(infoHash.Chunk(2).Select(b => $"%{new string(b)}"));

    private static async Task<string> GetAsync(DistributionServer server, string path) =>
        Encoding.Latin1.GetString(await server.Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken));

    [GeneratedRegex("14:failure reason([0-9]+):")]
    private static partial Regex Failure();

    [GeneratedRegex("5:peers([0-9]+):")]
    private static partial Regex Peers();

    [GeneratedRegex("10:downloadedi([0-9]+)e")]
    private static partial Regex Downloaded();
}
