using System.Net.Sockets;

namespace Distribution.EdgeSeeder.Seeding.Loops;

/// <summary>Tells one thread of the sockets at which something has happened.</summary>
internal interface ISocketPoller : IDisposable
{
    /// <summary>False: the system takes no more.</summary>
    bool TryAdd(Socket socket, IWatched watched);

    /// <summary>To be called before the socket is closed.</summary>
    void Remove(Socket socket);

    /// <summary>Waits for events, and tells each to whom it is for.</summary>
    /// <param name="milliseconds">At most; below 0: without an end.</param>
    void Wait(int milliseconds);

    /// <summary>Lets time pass without a look at the sockets. Ended by <see cref="Wake"/>, whose news the next wait takes.</summary>
    void Rest(int milliseconds);

    /// <summary>Ends a wait or a rest, or the next. Any thread.</summary>
    void Wake();
}
