namespace Distribution.EdgeSeeder.Tests.RealClients;

/// <summary>libtorrent by its Python binding, with one peer that it is told of.</summary>
internal static class LibtorrentProcess
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import sys, time, ast, libtorrent as lt
        magnet, folder, edge = sys.argv[1], sys.argv[2], int(sys.argv[3])
        told = ('peer_log', 'peer_error', 'peer_disconnected', 'torrent_error', 'hash_failed', 'metadata_failed')
        # A queue that is full drops what comes.
        session = lt.session({'listen_interfaces': '127.0.0.1:0', 'enable_dht': False, 'enable_lsd': False,
          'enable_upnp': False, 'enable_natpmp': False, 'enable_outgoing_utp': False, 'out_enc_policy': 2,
          'alert_queue_size': 1000000, 'alert_mask': lt.alert.category_t.all_categories,
          **ast.literal_eval('{' + sys.argv[4] + '}')})
        flushed = False
        def hear():
          global flushed
          for alert in session.pop_alerts():
            flushed = flushed or alert.what() == 'cache_flushed'
            if alert.what() in told:
              print(alert.message(), flush=True)
        params = lt.parse_magnet_uri(magnet)
        params.save_path = folder
        handle = session.add_torrent(params)
        handle.connect_peer(('127.0.0.1', edge))
        while not handle.status().is_seeding:
          hear()
          time.sleep(0.05)
        handle.flush_cache()
        while not flushed:
          hear()
          time.sleep(0.05)
        print('FINISHED', flush=True)
        """;

    /// <param name="settings">More of a session's, as Python writes a dictionary's items.</param>
    public static async Task<ClientProcess> StartAsync(string magnet, string folder, int edgePort, string settings = "")
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not installed.");
        await using (ClientProcess probe = ClientProcess.Start(Python, ["-c", "import libtorrent"]))
            Assert.SkipUnless(
                await probe.WaitForExitAsync(TimeSpan.FromSeconds(30)) == 0,
                "python3-libtorrent is not installed."
            );
        return ClientProcess.Start(Python, ["-c", Script, magnet, folder, $"{edgePort}", settings]);
    }

    /// <summary>Everything is there, checked by the client, and on the disk.</summary>
    public static async Task FinishedAsync(ClientProcess client, TimeSpan patience)
    {
        int? status = await client.WaitForExitAsync(patience);
        Assert.True(status == 0 && client.Output.Contains("FINISHED", StringComparison.Ordinal), client.Output);
    }
}
