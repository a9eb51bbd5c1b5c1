using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetMon.LiveTests.Support;

/// <summary>
/// Headless Chromium without a network: it runs in its own network namespace, and the test drives it through pipes with the
/// DevTools protocol. One page; not thread-safe.
/// </summary>
internal sealed class Browser : IDisposable
{
    private readonly Scratch _profile = new();
    private readonly Process _process;
    private readonly Dictionary<string, int> _events = new(StringComparer.Ordinal);
    private readonly string _session;
    private int _calls;

    public Browser()
    {
        const string arguments = "--headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --force-color-profile=srgb --remote-debugging-pipe";
        _process = Process.Start(new ProcessStartInfo("unshare", ["--net", "bash", "-c", $"exec chromium {arguments} --user-data-dir={_profile.Path} about:blank 3<&0 4>&1 >/dev/null 2>&1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var target = Call("Target.createTarget", new() { ["url"] = "about:blank" }, session: null)["targetId"]!.GetValue<string>();
        _session = Call("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true }, session: null)["sessionId"]!.GetValue<string>();
        foreach (var domain in (string[])["Page", "Log", "Runtime", "Network"])
        {
            Call($"{domain}.enable");
        }
    }

    /// <summary>Errors of the page and the browser: exceptions, console messages, refused requests.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Requests for anything but the page itself.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Opens a file at a width and in a theme, and waits until its script has run.</summary>
    public void Open(string file, int width, bool isDark = false)
    {
        Call("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        Call("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }) });
        var loads = _events.GetValueOrDefault("Page.loadEventFired");
        Call("Page.navigate", new() { ["url"] = new Uri(file).AbsoluteUri });
        while (_events.GetValueOrDefault("Page.loadEventFired") == loads)
        {
            Hear(Receive());
        }
    }

    /// <summary>Evaluates an expression in the page.</summary>
    /// <exception cref="InvalidOperationException">It threw.</exception>
    public JsonNode? Evaluate(string expression)
    {
        var result = Call("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        return result["exceptionDetails"] is { } details ? throw new InvalidOperationException(details.ToJsonString()) : result["result"]!["value"]?.DeepClone();
    }

    /// <summary>A screenshot of the whole page, or of its top pixels, as PNG.</summary>
    public byte[] Screenshot(int? height = null)
    {
        var parameters = new JsonObject { ["captureBeyondViewport"] = true };
        if (height is { } pixels)
        {
            var width = Evaluate("innerWidth")!.GetValue<int>();
            parameters["clip"] = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = pixels, ["scale"] = 1 };
        }

        return Convert.FromBase64String(Call("Page.captureScreenshot", parameters)["data"]!.GetValue<string>());
    }

    /// <summary>The page printed as PDF.</summary>
    public byte[] Pdf() => Convert.FromBase64String(Call("Page.printToPDF", new() { ["preferCSSPageSize"] = true, ["printBackground"] = true })["data"]!.GetValue<string>());

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _profile.Dispose();
    }

    private JsonObject Call(string method, JsonObject? parameters = null) => Call(method, parameters, _session);

    private JsonObject Call(string method, JsonObject? parameters, string? session)
    {
        var message = new JsonObject { ["id"] = ++_calls, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(message);
        _process.StandardInput.BaseStream.Write([.. bytes, 0]);
        _process.StandardInput.BaseStream.Flush();
        while (true)
        {
            var answer = Receive();
            if (answer["id"]?.GetValue<int>() == _calls)
            {
                return answer["result"] as JsonObject ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
            }

            Hear(answer);
        }
    }

    private void Hear(JsonObject message)
    {
        var method = message["method"]?.GetValue<string>() ?? "";
        _events[method] = _events.GetValueOrDefault(method) + 1;
        var parameters = message["params"];
        if (method is "Runtime.exceptionThrown" or "Runtime.consoleAPICalled" or "Log.entryAdded")
        {
            Complaints.Add(parameters!.ToJsonString());
        }
        else if (method == "Network.requestWillBeSent" && parameters!["type"]?.GetValue<string>() != "Document")
        {
            Requests.Add(parameters["request"]!["url"]!.GetValue<string>());
        }
    }

    /// <summary>Reads the next message; each ends with a zero byte.</summary>
    private JsonObject Receive()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        var text = Task.Run(
            () =>
            {
                using var message = new MemoryStream();
                for (int next; (next = Input.ReadByte()) > 0;)
                {
                    message.WriteByte((byte)next);
                }

                return message.ToArray();
            },
            limit.Token);
        return text.Wait(Patience.Limit) && text.Result.Length > 0
            ? JsonNode.Parse(text.Result)!.AsObject()
            : throw new InvalidOperationException("Chromium ended, or said nothing for too long");
    }

    private BufferedStream? _input;

    private BufferedStream Input => _input ??= new BufferedStream(_process.StandardOutput.BaseStream, 1 << 16);
}
