namespace Distribution.Ingest.Transport;

/// <summary>What a socket may be ready for.</summary>
[Flags]
internal enum PollEvents
{
    None = 0,

    /// <summary>Bytes to receive, or their end, or a fault.</summary>
    Input = 1,

    /// <summary>Room to send, or a fault.</summary>
    Output = 2,
}
