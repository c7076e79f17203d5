using System.Net;
using System.Net.Sockets;
using Distribution.Ingest.Transport;

namespace Distribution.Ingest.Tests.Transport;

/// <summary>The waits that every connection's reading and sending rests on, on Linux.</summary>
public sealed class SocketPollerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SocketPoller _poller =
        SocketPoller.TryStart() ?? throw new PlatformNotSupportedException("These tests need Linux.");
    private readonly Socket _ours = new(SocketType.Stream, ProtocolType.Tcp);
    private Socket _theirs = null!;
    private SocketEvents _events = null!;

    public async ValueTask InitializeAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        Task<Socket> accepting = listener.AcceptAsync();
        await _ours.ConnectAsync(listener.LocalEndPoint!);
        _theirs = await accepting;
        _ours.Blocking = false;
        _events = _poller.TryAdd(_ours.SafeHandle)!;
    }

    public ValueTask DisposeAsync()
    {
        _ours.Dispose();
        _theirs.Dispose();
        _events.Dispose();
        _poller.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_wait_for_input_ends_with_it_upon_the_pollers_thread_and_as_often_as_asked()
    {
        for (int i = 0; i < 100; i++)
        {
            Task<bool> waiting = WaitAsync();
            Assert.Equal(1, await _theirs.SendAsync(new byte[] { 1 }));
            Assert.True(await waiting.WaitAsync(Patience));
            Assert.Equal(1, _ours.Receive(new byte[2]));
        }

        async Task<bool> WaitAsync()
        {
            // On no thread that could be taken for the poller's.
            await Task.Yield();
            Assert.False(SocketPoller.IsCurrent);
            await _events.WaitForInputAsync();
            // Input that was there before the wait began may be met without a change of threads.
            return SocketPoller.IsCurrent || _ours.Available > 0;
        }
    }

    [Fact]
    public async Task Input_that_is_there_already_and_the_peers_end_are_told_at_once()
    {
        await _theirs.SendAsync(new byte[] { 1 });
        await _events.WaitForInputAsync().AsTask().WaitAsync(Patience);
        await _events.WaitForInputAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(1, _ours.Receive(new byte[2]));
        Task waiting = _events.WaitForInputAsync().AsTask();
        _theirs.Shutdown(SocketShutdown.Send);
        await waiting.WaitAsync(Patience);
        Assert.Equal(0, _ours.Receive(new byte[2]));
    }

    [Fact]
    public async Task Room_to_send_is_told_once_the_peer_reads_while_input_is_waited_for_all_the_time()
    {
        Task input = _events.WaitForInputAsync().AsTask();
        long sent = Fill();
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _events.WaitForOutput(room.SetResult);
        Assert.False(room.Task.IsCompleted);
        byte[] buffer = new byte[1 << 20];
        for (long read = 0; read < sent; )
            read += await _theirs.ReceiveAsync(buffer);
        await room.Task.WaitAsync(Patience);
        Assert.False(input.IsCompleted);
        await _theirs.SendAsync(new byte[] { 1 });
        await input.WaitAsync(Patience);
    }

    [Fact]
    public async Task Waits_for_both_end_when_the_socket_is_closed_and_none_begins_after()
    {
        Task input = _events.WaitForInputAsync().AsTask();
        Fill();
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _events.WaitForOutput(room.SetResult);
        _ours.Dispose();
        _events.Dispose();
        await input.WaitAsync(Patience);
        await room.Task.WaitAsync(Patience);
        Assert.Throws<ObjectDisposedException>(() => _events.WaitForOutput(() => { }));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _events.WaitForInputAsync().AsTask());
    }

    [Fact]
    public async Task A_poller_that_ends_lets_go_whoever_waits()
    {
        Task input = _events.WaitForInputAsync().AsTask();
        _poller.Dispose();
        await input.WaitAsync(Patience);
    }

    private long Fill()
    {
        byte[] bytes = new byte[64 << 10];
        long sent = 0;
        SocketError error;
        do sent += _ours.Send(bytes, SocketFlags.None, out error);
        while (error == SocketError.Success);
        Assert.Equal(SocketError.WouldBlock, error);
        return sent;
    }
}
