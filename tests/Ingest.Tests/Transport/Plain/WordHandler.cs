using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Distribution.Contracts.PlainHttp;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Tests.Transport.Plain;

/// <summary>Answers by what the path says; what it does not know is another's.</summary>
internal sealed class WordHandler : IPlainHandler, IPlainBody
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _accepted;
    private int _acceptedElsewhere;

    /// <summary>What "/later" waits for.</summary>
    public TaskCompletionSource Known { get; } = new();

    public bool IsKnown { get; set; }

    /// <summary>What "/file" sends.</summary>
    public SafeFileHandle? File { get; set; }

    /// <summary>Of <see cref="File"/>, as its record says.</summary>
    public long FileBytes { get; set; }

    public ConcurrentQueue<string> Offered { get; } = [];

    public long AcceptedBytes => Interlocked.Read(ref _accepted);

    /// <summary>How often bytes were sent by another thread than the loop's.</summary>
    public int AcceptedElsewhere => Volatile.Read(ref _acceptedElsewhere);

    /// <summary>A file's sending is over.</summary>
    public Task Ended => _ended.Task;

    void IPlainBody.Accepted(long bytes)
    {
        Interlocked.Add(ref _accepted, bytes);
        if (Thread.CurrentThread.IsThreadPoolThread)
            Interlocked.Increment(ref _acceptedElsewhere);
    }

    void IPlainBody.Ended() => _ended.TrySetResult();

    public PlainAnswer TryAnswer(in PlainHead head, IPlainReply reply)
    {
        string path = Encoding.ASCII.GetString(head.Path);
        Offered.Enqueue(path);
        switch (path)
        {
            case "/address":
                Write(reply, $"{reply.Address} {string.Join('.', reply.AddressBytes.ToArray())}");
                return PlainAnswer.Given;
            case "/later" when !IsKnown:
                reply.WaitFor(Known.Task);
                return PlainAnswer.Later;
            case "/later":
            case "/word":
                Write(reply, path);
                return PlainAnswer.Given;
            case "/throws":
                throw new InvalidOperationException("On purpose.");
            case "/file":
                reply.Write("HTTP/1.1 200 OK\r\n\r\n"u8);
                reply.SendFile(File!, 0, FileBytes, this);
                return PlainAnswer.Given;
            default:
                return PlainAnswer.Other;
        }
    }

    private static void Write(IPlainReply reply, string body) =>
        reply.Write(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\n{(reply.KeepsAlive ? "" : "Connection: close\r\n")}Content-Length: {body.Length}\r\n\r\n{body}"
            )
        );
}
