using System.Diagnostics;
using System.Globalization;

namespace Distribution.Ingest.Tests.Imports;

/// <summary>Makes .torrent files with libtorrent, as publishers do who have torrents already.</summary>
internal static class LibtorrentMaker
{
    private const string Python = "/usr/bin/python3";

    // "padded" is v1 alone with files in canonical order and padding between them.
    private const string Script = """
        import sys
        import libtorrent as lt
        content, output, kind, piece_length, privacy = sys.argv[1:]
        flags = {"v1": 64, "padded": 64 | 128, "hybrid": 0, "v2": 32}[kind]
        files = lt.file_storage()
        lt.add_files(files, content)
        torrent = lt.create_torrent(files, piece_size=int(piece_length), flags=flags)
        torrent.set_priv(privacy == "private")
        torrent.add_tracker("http://elsewhere.example/announce")
        lt.set_piece_hashes(torrent, content.rsplit("/", 1)[0])
        with open(output, "wb") as file:
            file.write(lt.bencode(torrent.generate()))
        """;

    /// <param name="kind">"v1", "padded", "hybrid" or "v2".</param>
    public static async Task<byte[]> MakeAsync(string content, string kind, int pieceLength, bool isPrivate = false)
    {
        string output = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(
                Python,
                [
                    "-c",
                    Script,
                    content,
                    output,
                    kind,
                    pieceLength.ToString(CultureInfo.InvariantCulture),
                    isPrivate ? "private" : "public",
                ]
            )
            {
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            string errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, errors);
            return await File.ReadAllBytesAsync(output);
        }
        finally
        {
            File.Delete(output);
        }
    }

    /// <summary>Skips a test where libtorrent for Python is missing; in CI (CI=true) it fails then.</summary>
    public static async Task RequireAsync()
    {
        bool isThere = false;
        if (File.Exists(Python))
        {
            using Process process = Process.Start(
                new ProcessStartInfo(Python, ["-c", "import libtorrent"]) { RedirectStandardError = true }
            )!;
            await process.WaitForExitAsync();
            isThere = process.ExitCode == 0;
        }
        if (!isThere && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("python3-libtorrent is not installed, and CI must have it.");
        Assert.SkipUnless(isThere, "python3-libtorrent is not installed.");
    }
}
