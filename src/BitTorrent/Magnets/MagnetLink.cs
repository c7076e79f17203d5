using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Distribution.BitTorrent.Magnets;

/// <summary>A magnet link for a v1, v2 or hybrid torrent (BEP 9, "magnet URI format"). Texts are as they stood in the link: judge them before use.</summary>
public sealed record MagnetLink
{
    /// <summary>Longer links than this are refused when parsing, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    // Multihash: function 0x12 (SHA-256), 0x20 bytes.
    private const string Sha256Multihash = "1220";

    /// <summary>
    /// The torrent's identity on the wire and at trackers. <c>xt=urn:btih:</c>, written as hexadecimal; base32 is read too. For v2 alone
    /// it is <see cref="InfoHashV2"/> cut to 20 bytes (BEP 52), and not written.
    /// </summary>
    public required InfoHash InfoHash { get; init; }

    /// <summary><c>xt=urn:btmh:1220</c>, a SHA-256 multihash: the torrent is v2 or, beside a v1 info-hash, hybrid.</summary>
    public InfoHashV2? InfoHashV2 { get; init; }

    /// <summary>What the link says that the torrent speaks.</summary>
    public TorrentVersions Versions
    {
        get
        {
            if (InfoHashV2 is not { } v2)
                return TorrentVersions.V1;
            return InfoHash == v2.Truncate() ? TorrentVersions.V2 : TorrentVersions.Hybrid;
        }
    }

    /// <summary><c>dn</c>: the name to show until the metadata is there.</summary>
    public string? DisplayName { get; init; }

    /// <summary><c>xl</c>: the size in bytes.</summary>
    public long? LengthBytes { get; init; }

    /// <summary><c>tr</c>: announce URLs.</summary>
    public IReadOnlyList<string> Trackers { get; init; } = [];

    /// <summary><c>ws</c>: web seeds (BEP 19).</summary>
    public IReadOnlyList<string> WebSeeds { get; init; } = [];

    /// <summary><c>xs</c>: where the .torrent file itself can be had, over HTTP. Other exact sources are passed over.</summary>
    public string? ExactSource { get; init; }

    /// <summary>Whether the link is to the torrent with this bencoded info dictionary: by its v1 info-hash where it names one, else by v2's.</summary>
    public bool Names(ReadOnlySpan<byte> infoDictionary) =>
        Versions.HasFlag(TorrentVersions.V1)
            ? InfoHash.OfInfoDictionary(infoDictionary) == InfoHash
            : BitTorrent.InfoHashV2.OfInfoDictionary(infoDictionary) == InfoHashV2;

    public override string ToString()
    {
        var text = new StringBuilder("magnet:?");
        if (Versions.HasFlag(TorrentVersions.V1))
            text.Append("xt=urn:btih:").Append(InfoHash.ToString());
        if (Versions == TorrentVersions.Hybrid)
            text.Append('&');
        if (InfoHashV2 is { } v2)
            text.Append("xt=urn:btmh:").Append(Sha256Multihash).Append(v2.ToString());
        Append(text, "dn", DisplayName);
        Append(text, "xl", LengthBytes?.ToString(CultureInfo.InvariantCulture));
        foreach (string tracker in Trackers)
            Append(text, "tr", tracker);
        foreach (string webSeed in WebSeeds)
            Append(text, "ws", webSeed);
        Append(text, "xs", ExactSource);
        return text.ToString();
    }

    /// <summary>
    /// Parses a magnet link. Unknown and empty parameters are passed over; where one value is wanted, the first that is valid counts.
    /// False: <paramref name="error"/> says why, for people.
    /// </summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out MagnetLink? link,
        [NotNullWhen(false)] out string? error
    )
    {
        link = null;
        error = null;
        const string scheme = "magnet:?";
        if (text.Length > MaxLength || !text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            error = $"A magnet link starts with \"{scheme}\" and has at most {MaxLength} characters.";
            return false;
        }

        InfoHash? infoHash = null;
        InfoHashV2? infoHashV2 = null;
        string? displayName = null;
        string? exactSource = null;
        long? length = null;
        var trackers = new List<string>();
        var webSeeds = new List<string>();
        foreach (string parameter in text[scheme.Length..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == parameter.Length - 1)
                continue;
            string value = Uri.UnescapeDataString(parameter[(equals + 1)..].Replace('+', ' '));
            // Several values of one kind may be numbered: "tr.1".
            switch (parameter[..equals].Split('.')[0].ToLowerInvariant())
            {
                case "xt" when infoHash is null && TryParseTopic(value, out InfoHash hash):
                    infoHash = hash;
                    break;
                case "xt" when infoHashV2 is null && TryParseTopicV2(value, out InfoHashV2 hash):
                    infoHashV2 = hash;
                    break;
                case "dn":
                    displayName ??= value;
                    break;
                case "xl"
                    when length is null
                        && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes):
                    length = bytes;
                    break;
                case "tr":
                    trackers.Add(value);
                    break;
                case "ws":
                    webSeeds.Add(value);
                    break;
                case "xs" when IsHttp(value):
                    exactSource ??= value;
                    break;
            }
        }
        if ((infoHash ?? infoHashV2?.Truncate()) is not { } found)
        {
            error =
                "The link names no info-hash (xt=urn:btih: and 40 hexadecimal or 32 base32 digits, or xt=urn:btmh:1220 and 64 hexadecimal digits).";
            return false;
        }
        link = new MagnetLink
        {
            InfoHash = found,
            InfoHashV2 = infoHashV2,
            DisplayName = displayName,
            LengthBytes = length,
            Trackers = trackers,
            WebSeeds = webSeeds,
            ExactSource = exactSource,
        };
        return true;
    }

    private static void Append(StringBuilder text, string key, string? value)
    {
        if (value is not null)
            text.Append('&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
    }

    private static bool IsHttp(string url) =>
        url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static bool TryParseTopic(string topic, out InfoHash hash)
    {
        hash = default;
        const string prefix = "urn:btih:";
        if (!topic.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return false;
        ReadOnlySpan<char> digits = topic.AsSpan(prefix.Length);
        return digits.Length == 32 ? TryParseBase32(digits, out hash) : InfoHash.TryParse(digits, null, out hash);
    }

    private static bool TryParseTopicV2(string topic, out InfoHashV2 hash)
    {
        hash = default;
        const string prefix = "urn:btmh:" + Sha256Multihash;
        return topic.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && BitTorrent.InfoHashV2.TryParse(topic.AsSpan(prefix.Length), null, out hash);
    }

    private static bool TryParseBase32(ReadOnlySpan<char> digits, out InfoHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[InfoHash.LengthBytes];
        uint buffer = 0;
        int bits = 0;
        int written = 0;
        foreach (char digit in digits)
        {
            int value = digit switch
            {
                >= 'A' and <= 'Z' => digit - 'A',
                >= 'a' and <= 'z' => digit - 'a',
                >= '2' and <= '7' => digit - '2' + 26,
                _ => -1,
            };
            if (value < 0)
                return false;
            buffer = buffer << 5 | (uint)value;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[written++] = (byte)(buffer >> bits);
            }
        }
        hash = new InfoHash(bytes);
        return true;
    }
}
