using System.Text.RegularExpressions;
using Distribution.BitTorrent.Magnets;
using Distribution.BitTorrent.Metainfo;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Downloads;

/// <summary>Finds what somebody named: a magnet link, a .torrent file or its address, or the address of a watch page.</summary>
internal static partial class DownloadTargets
{
    /// <summary>A .torrent file of more is none.</summary>
    private const int MaxTorrentBytes = 64 << 20;

    public static async Task<Answer<DownloadTarget>> FindAsync(string text, HttpClient http, CancellationToken stop)
    {
        if (text.StartsWith("magnet:", StringComparison.OrdinalIgnoreCase))
        {
            return MagnetLink.TryParse(text, out MagnetLink? link, out string? error)
                ? new DownloadTarget(link, null)
                : new Failure(error);
        }
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
            return await FetchAsync(TorrentOf(url), http, stop);
        try
        {
            return Read(await File.ReadAllBytesAsync(text, stop), text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Failure($"{text} is no magnet link, no address, and no file that can be read: {fault.Message}");
        }
    }

    /// <summary>The .torrent file at an address.</summary>
    public static async Task<Answer<DownloadTarget>> FetchAsync(Uri url, HttpClient http, CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, stop);
            if (!answer.IsSuccessStatusCode)
                return new Failure($"{url} answered {(int)answer.StatusCode}.", Status: answer.StatusCode);
            await answer.Content.LoadIntoBufferAsync(MaxTorrentBytes, stop);
            return Read(await answer.Content.ReadAsByteArrayAsync(stop), url.ToString());
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new Failure($"{url}: {fault.Message}", IsTransient: true);
        }
    }

    private static Answer<DownloadTarget> Read(byte[] data, string name)
    {
        if (MetainfoFile.TryParse(data, out MetainfoFile? torrent, out string? error))
            return new DownloadTarget(null, torrent);
        return new Failure($"{name} is no .torrent file that can be downloaded here. {error}");
    }

    /// <summary>A watch page's torrent lies beside it.</summary>
    private static Uri TorrentOf(Uri url)
    {
        Match watch = WatchPath().Match(url.AbsolutePath);
        return watch.Success
            ? new Uri(url, $"{watch.Groups["base"].Value}/torrents/{watch.Groups["id"].Value}.torrent")
            : url;
    }

    [GeneratedRegex(@"\A(?<base>.*)/watch/(?<id>[^/]+)/?\z")]
    private static partial Regex WatchPath();
}
