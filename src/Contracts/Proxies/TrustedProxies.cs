using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Distribution.Contracts.Proxies;

/// <summary>
/// The proxies whose word on who stands behind them is taken: by <c>X-Forwarded-For</c>, or by <c>Forwarded</c> (RFC 7239). Everybody else's is ignored.
/// </summary>
public sealed class TrustedProxies
{
    /// <summary>Nobody: the viewer is who connects.</summary>
    public static readonly TrustedProxies None = new([]);

    private readonly IPNetwork[] _networks;

    private TrustedProxies(IPNetwork[] networks) => _networks = networks;

    public bool IsEmpty => _networks.Length == 0;

    /// <summary>Reads addresses and networks such as <c>10.0.0.7</c>, <c>10.1.0.0/16</c> and <c>fd00::/8</c>.</summary>
    /// <param name="problem">What is wrong with one of them, without a full stop.</param>
    public static bool TryParse(
        IEnumerable<string> texts,
        [NotNullWhen(true)] out TrustedProxies? proxies,
        [NotNullWhen(false)] out string? problem
    )
    {
        var networks = new List<IPNetwork>();
        (proxies, problem) = (null, null);
        foreach (string text in texts)
        {
            if (!TryParseNetwork(text, out IPNetwork network))
                problem = $"\"{text}\" is no address or network of proxies, such as 10.0.0.7 or 10.1.0.0/16";
            else if (network.PrefixLength == 0)
                problem = $"\"{text}\" is everybody, so every viewer could choose the address that it is known by";
            if (problem is not null)
                return false;
            networks.Add(network);
        }
        proxies = new TrustedProxies([.. networks]);
        return true;
    }

    /// <summary>Whether it is one of them. IPv4 that is written as IPv6 is IPv4.</summary>
    public bool Include(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        foreach (IPNetwork network in _networks)
            if (network.Contains(address))
                return true;
        return false;
    }

    /// <summary>
    /// Whom a request is from: the last address in the headers' chain that is not a proxy's; where all are, the first; without such headers, who connects.
    /// </summary>
    /// <param name="connection">Who connects.</param>
    /// <param name="forwardedFor">The lines of <c>X-Forwarded-For</c>, as they came.</param>
    /// <param name="forwarded">Those of <c>Forwarded</c>.</param>
    /// <returns>
    /// False: it cannot be told, because what a proxy must have written cannot be read or is no address, or because the two headers name different
    /// viewers. One of them the proxy has then left as the viewer sent it, and nobody knows which.
    /// </returns>
    public bool TryFindViewer(
        IPAddress connection,
        ReadOnlySpan<string?> forwardedFor,
        ReadOnlySpan<string?> forwarded,
        [NotNullWhen(true)] out IPAddress? viewer
    )
    {
        viewer = connection.IsIPv4MappedToIPv6 ? connection.MapToIPv4() : connection;
        if (!Include(viewer) || (forwardedFor.IsEmpty && forwarded.IsEmpty))
            return true;
        IPAddress? byOne = null;
        IPAddress? byOther = null;
        bool isTold =
            (forwardedFor.IsEmpty || TryWalk(forwardedFor, ForwardedHops.TryReadPlain, out byOne))
            && (forwarded.IsEmpty || TryWalk(forwarded, ForwardedHops.TryReadStandard, out byOther))
            && (byOne is null || byOther is null || byOne.Equals(byOther));
        viewer = isTold ? byOne ?? byOther : null;
        return viewer is not null;
    }

    private delegate bool LineReader(string line, List<string> hops);

    /// <summary>From the nearest hop outwards. What lies beyond the viewer is the viewer's own word and is not looked at.</summary>
    private bool TryWalk(ReadOnlySpan<string?> lines, LineReader read, out IPAddress? viewer)
    {
        viewer = null;
        var hops = new List<string>();
        for (int line = lines.Length - 1; line >= 0; line--)
        {
            hops.Clear();
            if (!read(lines[line] ?? "", hops))
                return false;
            for (int hop = hops.Count - 1; hop >= 0; hop--)
            {
                if (!ForwardedHops.TryReadAddress(hops[hop], out viewer))
                    return false;
                if (!Include(viewer))
                    return true;
            }
        }
        return viewer is not null;
    }

    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        network = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!ForwardedHops.TryReadAddress(slash < 0 ? text : text[..slash], out IPAddress? address, canHavePort: false))
            return false;
        int bits = address.GetAddressBytes().Length * 8;
        if (slash < 0)
            return IPNetwork.TryParse($"{address}/{bits}", out network);
        // IPv4 that is written as IPv6 has become IPv4, whose prefixes are others.
        return bits == 8 * (text.Contains(':', StringComparison.Ordinal) ? 16 : 4)
            && int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= bits
            && IPNetwork.TryParse($"{address}/{length}", out network)
            && network.BaseAddress.Equals(address);
    }
}
