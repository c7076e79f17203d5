using System.Net.Sockets;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>For loops whose links have no sockets.</summary>
internal sealed class NoSockets : ISocketPoller
{
    /// <summary>How often the loop let its sockets be.</summary>
    public int Rests { get; private set; }

    public bool TryAdd(Socket socket, IWatched watched) => true;

    public void Remove(Socket socket) { }

    public void Wait(int milliseconds) { }

    public void Rest(int milliseconds) => Rests++;

    public void Wake() { }

    public void Dispose() { }
}
